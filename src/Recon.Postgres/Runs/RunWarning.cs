namespace Recon.Postgres.Runs;

/// <summary>What a warning is about, the most important first.</summary>
internal enum WarningKind
{
    MirrorChanged,
    NothingMatched,
    Input,
    NotFound,
    Misfit,
    Contested,
    Decisions,
    ClaimedElsewhere,
    LostDates,
    LostCharacters,
    CutTexts,
    Misread,
    NotJudged,
    Repaired,
}

/// <summary>Something that people should know although nothing failed.</summary>
/// <param name="About">The column that it is about; empty where kinds of warning say one thing.</param>
/// <param name="Count">The values that it is about.</param>
internal sealed record RunWarning(WarningKind Kind, string Text, string About = "", long Count = 0);
