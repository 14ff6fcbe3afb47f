namespace Recon.Samples;

/// <summary>The kinds of dirt that are placed on records.</summary>
internal static class DirtLists
{
    /// <summary>Dirt of every object. The rejected ones are far apart, so that a short file is not rejected as a whole.</summary>
    public static IReadOnlyList<DirtKind> Common { get; } =
    [
        DirtKind.RepeatAgrees, DirtKind.IdLeadingSpace, DirtKind.TwoInHubspot, DirtKind.TooManyFields, DirtKind.NullWord,
        DirtKind.RepeatDisagrees, DirtKind.IdDecimalTail, DirtKind.Mojibake, DirtKind.StrayQuote, DirtKind.FormulaEquals,
        DirtKind.RepeatPaddedId, DirtKind.NotAvailable, DirtKind.IdThousands, DirtKind.PaddedText, DirtKind.ArchivedTwin,
        DirtKind.FormulaPlus, DirtKind.RepeatFar, DirtKind.TooFewFields, DirtKind.IdNoBreakSpace, DirtKind.Dash,
        DirtKind.IdScientific, DirtKind.ReplacementCharacter, DirtKind.FormulaMinus, DirtKind.RepeatDisagreesFar,
        DirtKind.IdFullWidth, DirtKind.AutoText, DirtKind.TextAfterQuote, DirtKind.FormulaAt, DirtKind.TwoInHubspot,
        DirtKind.IdEmpty,
    ];
}
