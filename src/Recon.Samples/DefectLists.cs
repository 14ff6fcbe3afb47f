namespace Recon.Samples;

/// <summary>The kinds of dirt that are placed on records.</summary>
internal static class DefectLists
{
    /// <summary>Dirt of every object. The rejected ones are far apart, so that a short file is not rejected as a whole.</summary>
    public static IReadOnlyList<DefectKind> Common { get; } =
    [
        DefectKind.RepeatAgrees, DefectKind.IdLeadingSpace, DefectKind.TwoInHubspot, DefectKind.TooManyFields, DefectKind.NullWord,
        DefectKind.RepeatDisagrees, DefectKind.IdDecimalTail, DefectKind.Mojibake, DefectKind.StrayQuote, DefectKind.FormulaEquals,
        DefectKind.RepeatPaddedId, DefectKind.NotAvailable, DefectKind.IdThousands, DefectKind.PaddedText, DefectKind.ArchivedTwin,
        DefectKind.FormulaPlus, DefectKind.RepeatFar, DefectKind.TooFewFields, DefectKind.IdNoBreakSpace, DefectKind.Dash,
        DefectKind.IdScientific, DefectKind.ReplacementCharacter, DefectKind.FormulaMinus, DefectKind.RepeatDisagreesFar,
        DefectKind.IdFullWidth, DefectKind.AutoText, DefectKind.TextAfterQuote, DefectKind.FormulaAt, DefectKind.TwoInHubspot,
        DefectKind.IdEmpty,
    ];
}
