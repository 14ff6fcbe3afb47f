using Recon.Dataflow.Extract;

namespace Recon.Discovery.Profiling.Columns;

/// <summary>Spellings of "no value" that exports have.</summary>
internal static class NullWords
{
    /// <summary>Those that are nothing else.</summary>
    private static readonly string[] s_sure =
    [
        "NULL", "null", "(null)", "(NULL)", "<null>", "<NULL>", "[NULL]", "[null]", "\\N", "#AUTO#", "N/A", "n/a", "#N/A", "#N/D", "<NA>", "NaN", "nan", "(blank)", "(empty)", "(vide)", "(leer)",
        "-", "--", "—", "0000-00-00", "0000-00-00 00:00:00", "00/00/0000", "00.00.0000",
    ];

    /// <summary>Those that may be values: names of people, countries and choices.</summary>
    private static readonly string[] s_perhaps =
        ["Null", "NA", "na", "N.A.", "n.a.", "N/C", "NC", "N.C.", "n.c.", "N/D", "ND", "n.d.", "none", "None", "NONE", "nil", "NIL", "Nil", "undefined", "Undefined", ".", "?", "...", "…"];

    private static readonly NullSpellings s_all = new([.. s_sure, .. s_perhaps]);
    private static readonly HashSet<string> s_sureSet = [.. s_sure];

    /// <summary>Whether a trimmed value may mean "no value".</summary>
    public static bool MayBe(ReadOnlySpan<byte> value) => s_all.Holds(value);

    /// <summary>Whether a spelling means nothing else than "no value".</summary>
    public static bool IsSure(string value) => s_sureSet.Contains(value);
}
