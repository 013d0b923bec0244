"""The part of a text that a command writes, between two markers."""


def replace(text: str, begin: str, end: str, section: str, where: str) -> str:
    """The text with what stands between the markers replaced; ValueError if they are not in it."""
    head, first, rest = text.partition(begin)
    _, last, tail = rest.partition(end)
    if not first or not last:
        raise ValueError(f"{where} lacks the markers '{begin}' and '{end}'")
    return f"{head}{first}\n\n{section.strip()}\n\n{last}{tail}"
