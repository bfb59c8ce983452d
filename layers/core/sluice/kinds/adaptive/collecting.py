"""The members of a set, from what its tracks are. Pure."""

from collections.abc import Mapping, Sequence

from sluice.errors import BadSource
from sluice.kinds.adaptive import AdaptiveOptions, languages
from sluice.kinds.adaptive.cmaf import Track
from sluice.kinds.adaptive.command import Plan
from sluice.kinds.adaptive.members import AudioMember, Members, SubtitleMember, VideoMember


def members_of(
    options: AdaptiveOptions, plan: Plan, tracks: Mapping[str, Track], added: Sequence[SubtitleMember]
) -> Members:
    """The set without its single pictures; what was planned but gave no segment isn't in it.

    Raises: BadSource `source_undecodable` when the picture gave none.
    """
    video = tuple(
        VideoMember(r.name, tracks[r.name], r.size, plan.timing.frame_rate) for r in plan.renditions if r.name in tracks
    )
    if not video:
        raise BadSource("No picture of the film could be decoded.", code="source_undecodable")
    subtitles = _labelled([SubtitleMember(n, languages.tag(s.language), "") for n, s in plan.subtitles], added)
    return Members(video, _audio(options, plan, tracks), subtitles, None)


def _audio(options: AdaptiveOptions, plan: Plan, tracks: Mapping[str, Track]) -> tuple[AudioMember, ...]:
    """The sound tracks that have any sound in them."""
    there = [(name, stream) for name, stream in plan.audio if name in tracks]
    tags = [languages.tag(stream.language) for _, stream in there]
    labels = languages.distinct(languages.name(tag) or "Sound" for tag in tags)
    return tuple(
        AudioMember(name, tracks[name], tag, label, min(stream.channels or 2, options.audio_channels))
        for (name, stream), tag, label in zip(there, tags, labels, strict=True)
    )


def _labelled(inside: Sequence[SubtitleMember], added: Sequence[SubtitleMember]) -> tuple[SubtitleMember, ...]:
    every = [*inside, *added]
    labels = languages.distinct(m.label or languages.name(m.language) or "Subtitles" for m in every)
    return tuple(SubtitleMember(m.name, m.language, label) for m, label in zip(every, labels, strict=True))
