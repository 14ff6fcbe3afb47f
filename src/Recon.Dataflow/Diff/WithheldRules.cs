using Recon.Dataflow.Values;

namespace Recon.Dataflow.Diff;

/// <summary>Why a difference is not staged. Counted by code; the codes are a contract: scripts select by them.</summary>
internal static class WithheldRules
{
    public const string CompareOnly = "compare-only";

    public const string FillBlank = "fill-blank";

    public const string Newest = "newest";

    /// <summary>The legacy text is the beginning of HubSpot's longer one: it was cut.</summary>
    public const string Truncated = "truncated";

    /// <summary>HubSpot's value is not of the property's kind.</summary>
    public const string Unreadable = "unreadable";

    /// <summary>HubSpot has a time of day, which a day would reset.</summary>
    public const string TimeOfDay = "time-of-day";

    /// <summary>The rule in words, as the end of a sentence.</summary>
    public static string InWords(string rule) => rule switch
    {
        CompareOnly => "the property is only compared",
        FillBlank => "HubSpot has a value, and only empty ones are filled",
        Newest => "the legacy record is not known to be newer than HubSpot's",
        Truncated => "the legacy text is a shortened copy of HubSpot's",
        Unreadable => "HubSpot's value cannot be read, so nothing says that they differ",
        TimeOfDay => "HubSpot has a time of day, which a day would reset",
        ValueRemarks.Suspicious => "staged, but HubSpot's longer text begins with it, so it may have been cut",
        _ => rule,
    };
}
