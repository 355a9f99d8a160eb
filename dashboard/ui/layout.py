"""The few rules of layout that Streamlit has no parameter for. They hold no data, only measures."""

LAYOUT = """<style>
/* Streamlit leaves a broad margin on top, for which a labelling screen has no room. */
.stMainBlockContainer { padding: 2.2rem 3rem 2rem; }
.stAppHeader { background: transparent; }
.stAppHeader, .stAppHeader div { pointer-events: none; }
.stAppHeader :is(button, a) { pointer-events: auto; }
.stSidebar hr { margin: 1rem 0; }
h1 { padding-top: 0 !important; }
[class*="st-key-open-"] button, [class*="st-key-reference-"] button { justify-content: flex-start; }
[class*="st-key-open-"] button p, [class*="st-key-reference-"] button p { text-align: left; }
/* A video keeps its place while it loads, so that nothing below it jumps. */
.stVideo { aspect-ratio: 16 / 9; }
/* A table that is wider than a phone scrolls by itself. */
.stMarkdown table { display: block; max-width: 100%; overflow-x: auto; }
/* The chosen one of a row has the colour of the theme, which on its own tint is hard to read in the dark. */
[role="radio"][data-selected] { color: inherit !important; font-weight: 600; }
.stMain .stPageLink a { padding-left: 0; }
.stMain .stPageLink p { white-space: normal; }
.st-key-label-bar { flex-wrap: nowrap; }
.st-key-label-bar button { min-height: 3.2rem; }
.st-key-label-bar button p { font-size: 1.1rem; }
.st-key-beside-label button, .st-key-desk-bar button { padding: 0.2rem 0.6rem; }

/* On a wide screen long lists scroll by themselves, so that player and label bar stay in view. */
@media (min-width: 641px) {
  .st-key-desk-bar { flex-wrap: nowrap; }
  .st-key-answer-pane { max-height: calc(100vh - 30rem); overflow-y: auto; flex-wrap: nowrap; }
  [class*="st-key-evidence-"] { overflow-y: auto; flex-wrap: nowrap; min-height: 14rem; }
  .st-key-evidence-ask { max-height: calc(100vh - 35.5rem); }
  .st-key-evidence-annotate { max-height: calc(100vh - 31rem); }
  .st-key-case-pane { max-height: calc(100vh - 27.5rem); overflow-y: auto; flex-wrap: nowrap; }
  .st-key-evidence-adjudicate { max-height: calc(100vh - 30rem); }
  .st-key-evidence-record { max-height: calc(100vh - 29.5rem); }
}
@media (max-width: 640px) {
  .stMainBlockContainer { padding: 3.5rem 1rem 2rem; }
  .st-key-label-bar { gap: 0.4rem; }
  [class*="st-key-line-pair-"] { flex-direction: column; align-items: flex-start; gap: 0; }
  [class*="st-key-line-pair-"] > * { flex: none; }
  .st-key-label-bar button { padding: 0.25rem 0.4rem; }
  .st-key-label-bar button p { font-size: 1rem; }
}
</style>"""
