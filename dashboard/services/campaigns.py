"""Campaigns: making them from a set of answers, their guidelines, and ending them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dashboard.campaigns import Campaign, Guidelines, NewCampaign
from dashboard.errors import N_, RecordError
from dashboard.roles import Role
from dashboard.services import access
from dashboard.services.access import needs
from dashboard.services.entered import check_entered
from dashboard.services.importing import import_records
from dashboard.services.project import Project
from dashboard.services.queues import campaign_order
from dashboard.store import browse, campaigns, turns
from dashboard.store.audit import add_event
from dashboard.store.browse import AnswerFilter
from dashboard.store.campaigns import Needs
from dashboard.store.people import find_annotator

MOST_REPEATS = 0.5
MOST_LABELS = 100
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class CampaignSummary:
    """A campaign and how far it is."""

    campaign: Campaign
    needs: Needs


@needs(Role.RESEARCHER, own="creator")
def create_campaign(
    project: Project,
    new: NewCampaign,
    creator: str,
    chosen: AnswerFilter | None = None,
    answer_ids: Sequence[int] | None = None,
) -> int:
    """Make a campaign and return its id.

    Args:
        project: Where the answers are.
        new: Its rules.
        creator: Who makes it.
        chosen: The answers of this filter; None for those of `answer_ids`.
        answer_ids: Certain answers.

    Raises:
        RecordError: A rule cannot be kept, or there is no answer; the message says which and why.
    """
    new = _checked(new, creator)
    with project.store.write() as session:
        if chosen is not None:
            answer_ids = browse.all_answers(session, chosen)
        if not answer_ids:
            raise RecordError(N_("A campaign needs answers, found none. Choose other filters."))
        order = campaign_order(session, new, list(dict.fromkeys(answer_ids)))
        campaign_id = campaigns.add_campaign(session, new, order, creator)
        who = project.actor.named(creator)
        add_event(session, who, "campaign.create", "campaign", campaign_id, details={"answers": len(order)})
        return campaign_id


@needs(Role.RESEARCHER, own="creator")
def create_from_files(project: Project, new: NewCampaign, creator: str, paths: Sequence[Path]) -> int:
    """Take records in and make a campaign of exactly their answers; return its id.

    The good records are taken in; who must not do so where there are problems asks `importing.check` first.

    Raises:
        RecordError: A rule cannot be kept, and nothing was taken in; or a file cannot be read.
    """
    with project.store.read() as session:
        campaigns.check_name(session, _checked(new, creator).name)
    return create_campaign(project, new, creator, answer_ids=import_records(project, paths).answer_ids)


@needs(Role.RESEARCHER)
def list_campaigns(project: Project) -> list[CampaignSummary]:
    """Return every campaign with how far it is, the newest first."""
    with project.store.read() as session:
        return [
            CampaignSummary(one, campaigns.needs(session, one.campaign_id))
            for one in campaigns.list_campaigns(session)
        ]


@needs(Role.ANNOTATOR, own="annotator")
def campaigns_of(project: Project, annotator: str) -> list[Campaign]:
    """Return the running campaigns that a person takes part in or may join, the newest first."""
    with project.store.read() as session:
        return campaigns.campaigns_of(session, annotator)


@needs(Role.RESEARCHER)
def get_campaign(project: Project, campaign_id: int) -> CampaignSummary:
    """Return a campaign with how far it is.

    Raises:
        NotFound: There is no such campaign.
    """
    with project.store.read() as session:
        campaign = campaigns.get_campaign(session, campaign_id)
        return CampaignSummary(campaign, campaigns.needs(session, campaign_id))


@needs(Role.ANNOTATOR)
def guidelines(project: Project, campaign_id: int) -> list[Guidelines]:
    """Return every version of a campaign's guidelines, oldest first.

    Raises:
        AccessRefused: An annotator was not invited to the campaign.
    """
    with project.store.read() as session:
        person = find_annotator(session, project.actor.name)
        if not turns.is_invited(session, campaign_id, person or 0):
            access.check(project, Role.RESEARCHER, "campaigns.guidelines")
        return campaigns.guidelines(session, campaign_id)


@needs(Role.RESEARCHER, own="annotator")
def change_guidelines(project: Project, campaign_id: int, text: str, annotator: str) -> int:
    """Store a new version of the guidelines and return its number.

    Raises:
        NotFound: There is no such campaign.
        RecordError: The text cannot be stored; the message says why.
    """
    check_entered(text, "guidelines")
    check_entered(annotator, "annotator")
    with project.store.write() as session:
        campaigns.get_campaign(session, campaign_id)
        version = campaigns.add_guidelines(session, campaign_id, text, annotator)
        who, details = project.actor.named(annotator), {"version": version}
        add_event(session, who, "guidelines.change", "campaign", campaign_id, details=details)
        return version


@needs(Role.RESEARCHER)
def set_closed(project: Project, campaign_id: int, is_closed: bool) -> None:
    """End a campaign, or let it go on; nothing of what was said is touched.

    Raises:
        NotFound: There is no such campaign.
    """
    with project.store.write() as session:
        campaigns.get_campaign(session, campaign_id)
        change = campaigns.close_campaign if is_closed else campaigns.reopen_campaign
        change(session, campaign_id)
        action = "campaign.close" if is_closed else "campaign.reopen"
        add_event(session, project.actor, action, "campaign", campaign_id)


def _checked(new: NewCampaign, creator: str) -> NewCampaign:
    """Return the rules without blanks around names and names given twice.

    Raises:
        RecordError: A rule cannot be kept.
    """
    members = tuple(dict.fromkeys(name.strip() for name in new.members if name.strip()))
    new = replace(new, name=new.name.strip(), members=members)
    _check(new)
    check_entered(creator, "annotator")
    return new


def _check(new: NewCampaign) -> None:
    check_entered(new.name, "name")
    check_entered(new.members, "annotator")
    check_entered(new.guidelines, "guidelines")
    check_entered(new.seed, "seed")
    if not new.name:
        raise RecordError(N_("The campaign has no name. Give it one."))
    if len(new.name) > LONGEST_NAME:
        raise RecordError(
            N_("The campaign's name has {found} characters, more than the limit of {limit}. Shorten it."),
            found=len(new.name),
            limit=LONGEST_NAME,
        )
    if not 1 <= new.labels_per_answer <= MOST_LABELS:
        raise RecordError(
            N_("{found} labels for each answer cannot be asked for. Choose 1 to {most}."),
            found=new.labels_per_answer,
            most=MOST_LABELS,
        )
    if not 0 <= new.repeat_share <= MOST_REPEATS:
        raise RecordError(
            N_("A share of repeats of {found} cannot be drawn. Choose 0 to {most}."),
            found=new.repeat_share,
            most=MOST_REPEATS,
        )
    people = len(new.members)
    if new.is_assigned and not people:
        raise RecordError(N_("Answers are to be assigned, but nobody is named. Name people, or assign none."))
    if 0 < people < new.labels_per_answer:
        raise RecordError(
            N_("{wanted} different people must label each answer, but only {found} take part. Name more."),
            wanted=new.labels_per_answer,
            found=people,
        )
