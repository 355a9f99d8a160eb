"""The only package that draws: Streamlit frame, cards, charts and translations."""
