"""Campaigns: which answers are labelled by whom under which rules, and how far that is."""

from dashboard.ui.campaign import draw_campaign
from dashboard.ui.campaigns import draw_list
from dashboard.ui.frame import Visit, open_page
from dashboard.ui.navigation import chosen_campaign, number_in_address
from dashboard.ui.new_campaign import draw_new


def main(visit: Visit) -> None:
    campaign_id = chosen_campaign()
    if campaign_id is not None:
        draw_campaign(visit, campaign_id)
    elif number_in_address("new"):
        draw_new(visit)
    else:
        draw_list(visit)


with open_page("campaigns") as page:
    main(page)
