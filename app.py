"""Entry script and home page: how far the work is, the headline agreement, and the ways onward.

`streamlit run app.py` imports this module once, for the server, and then runs it for each visit.
"""

import streamlit as st

from dashboard.ui.listening import check_address
from dashboard.ui.server import middleware, routes

if __name__ == "__main__":
    # Imported only here: what these modules cache belongs to a server that is running.
    from dashboard.ui.frame import open_page
    from dashboard.ui.home import draw_headline, draw_next_steps, draw_progress, draw_welcome

    with open_page("home") as visit:
        draw_welcome()
        draw_progress(visit)
        draw_headline(visit.project)
        draw_next_steps()
else:
    check_address(st.get_option("server.address"))
    base_path = st.get_option("server.baseUrlPath")
    app = st.App(__file__, routes=routes(base_path), middleware=middleware(base_path))
