"""Rules about the documents: the form of how-tos and audits, examples that tests run."""

import re
from collections.abc import Iterator

from parts import parts
from sources import Finding, Source

AUDIT_COLUMNS = "| module | bad input | resource limits | exceptions from peers | tests |"
# A full stop that ends no sentence.
ABBREVIATIONS = re.compile(r"\b(e\.g|i\.e|etc|vs|No|Fig|cf|[A-Z])\.$")


def _prose(source: Source) -> Iterator[tuple[int, str]]:
    """Yield the numbered lines of a document that are not inside a code fence."""
    fence = ""
    for number, line in enumerate(source.text.split("\n"), 1):
        if mark := re.match(r"\s*(`{3,}|:{3,})", line):
            if not fence:
                fence = mark[1]
            elif line.strip() == fence:
                fence = ""
        elif not fence:
            yield number, line


def sentences_have_lines(source: Source) -> Finding:
    """Each sentence of a document stands on a line of its own."""
    if not re.match(r"docs/.*\.md$", source.name):
        return
    for number, line in _prose(source):
        if line.lstrip().startswith("|"):
            continue
        text = re.sub(r"`[^`]*`", "`code`", line)
        for end in re.finditer(r"[.?!](?= +[A-Z`\[])", text):
            if (
                not ABBREVIATIONS.search(text[: end.end()])
                and not text[: end.start()].strip().isdigit()
            ):
                yield source.at(number, "holds more than one sentence")
                break


def how_tos_have_their_form(source: Source) -> Finding:
    """A how-to says what it is about, for whom and which tasks; its end reminds of them."""
    if not re.match(r"docs/howto/.*\.md$", source.name):
        return
    text = source.text
    introduction = text.partition("\n## ")[0]
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    if not re.match(r"# \S", text):
        yield source.at(1, "does not begin with its title")
    if not re.search(
        r"\baudience\b|\bit is for\b|\bfor readers who\b", introduction, re.IGNORECASE
    ):
        yield source.at(1, "does not say in the introduction for which audience it is")
    if len(re.findall(r"^[-*] ", introduction, re.MULTILINE)) < 2:
        yield source.at(1, "does not list in the introduction what the reader will be able to do")
    if not headings or headings[-1] != "Conclusion":
        yield source.at(1, "does not end with a section called Conclusion")
    elif "](" not in text.rpartition("\n## Conclusion")[2]:
        yield source.at(1, "does not link from its conclusion to what is next")
    if not re.search(r"\bnew in tw-[a-z]+ \d\d\.\d+", text, re.IGNORECASE):
        yield source.at(1, "does not say since which release its subject is there")
    for heading in re.finditer(r"^```\s*(python|py)\b.*$", text, re.MULTILINE):
        line = text.count("\n", 0, heading.start()) + 1
        yield source.at(line, "shows code that no test runs: take it in by literalinclude")


def examples_are_tested(sources: list[Source]) -> Finding:
    """Each example of the documentation is named by a test."""
    tests = "\n".join(source.text for source in sources if source.is_test)
    for source in sources:
        if re.match(r"docs/examples/.*\.py$", source.name):
            *_, folder, file = source.name.split("/")
            if file not in tests and f'"{file.removesuffix(".py")}"' not in tests:
                yield source.at(1, f"is run by no test that names {folder}/{file}")


def audits_name_all_modules(sources: list[Source]) -> Finding:
    """The audit of each part is a table that names each of its modules."""
    if not sources:
        return
    by_name = {source.name: source for source in sources}
    for part in parts(sources[0].root):
        audit = by_name.get(f"docs/audit/{part.name}.md")
        if audit is None:
            yield f"docs/audit/{part.name}.md:1: is missing"
            continue
        if AUDIT_COLUMNS not in audit.text:
            yield audit.at(1, f"has no table with the columns {AUDIT_COLUMNS}")
        for module in part.modules:
            if any(step.startswith("_") for step in module.split(".")):
                continue
            if module.removeprefix("twisted.") not in audit.text:
                yield audit.at(1, f"does not name {module}")
