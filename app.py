"""Entry script and home page: how far the work is, the headline agreement, and the ways onward.

`streamlit run app.py` imports this module once, for the server, and then runs it for each visit.
"""

import streamlit as st

from dashboard.ui import server_logs
from dashboard.ui.listening import check_address
from dashboard.ui.promptness import answer_at_once
from dashboard.ui.server import middleware, routes

if __name__ == "__main__":
    # Imported only here: what these modules cache belongs to a server that is running.
    from dashboard.ui.frame import open_page
    from dashboard.ui.home import draw_own_work, draw_project, draw_welcome, sees_all

    with open_page("home") as visit:
        draw_welcome()
        if sees_all(visit):
            draw_project(visit)
        else:
            draw_own_work(visit)
else:
    server_logs.set_up()
    check_address(st.get_option("server.address"))
    answer_at_once(st.get_option("server.port"))
    base_path, hosts, origins = map(
        st.get_option, ("server.baseUrlPath", "server.allowedHosts", "server.corsAllowedOrigins")
    )
    app = st.App(__file__, routes=routes(base_path), middleware=middleware(base_path, hosts, origins))
