"""Entry script and home page: how far the work is, the headline agreement, and the ways onward.

`streamlit run app.py` imports this module once, for the server, and then runs it for each visit.
"""

import streamlit as st

from dashboard.ui.server import ROUTES, middleware

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
    app = st.App(__file__, routes=ROUTES, middleware=middleware(st.get_option("server.baseUrlPath")))
