namespace Recon.Dataflow.Values;

/// <summary>Why a value was not staged. The codes are a contract: scripts select by them.</summary>
internal static class ValueRejectReasons
{
    /// <summary>Empty, where the definition says that the property is required.</summary>
    public const string RequiredMissing = "required-missing";

    /// <summary>Not a number in the declared notation.</summary>
    public const string NotANumber = "not-a-number";

    /// <summary>A number with a fraction where an integer is wanted.</summary>
    public const string NotAnInteger = "not-an-integer";

    /// <summary>Not one of the declared truth values.</summary>
    public const string NotABoolean = "not-a-boolean";

    /// <summary>Not a date in one of the declared formats.</summary>
    public const string NotADate = "not-a-date";

    /// <summary>A time of day whose date a spreadsheet destroyed.</summary>
    public const string DateLost = "date-lost";

    /// <summary>A local time that occurs twice, where the definition says to reject it.</summary>
    public const string TimeAmbiguous = "time-ambiguous";

    /// <summary>A local time that the zone skips, where the definition says to reject it.</summary>
    public const string TimeSkipped = "time-skipped";

    /// <summary>A value that the map does not know.</summary>
    public const string Unmapped = "unmapped";

    /// <summary>Not an e-mail address.</summary>
    public const string NotAnEmail = "not-an-email";

    /// <summary>Not a host name or web address.</summary>
    public const string NotADomain = "not-a-domain";

    /// <summary>Not a possible telephone number.</summary>
    public const string NotAPhone = "not-a-phone";

    /// <summary>A telephone number that its region's numbering plan has not given out, where HubSpot holds another one.</summary>
    public const string NumberInvalid = "number-invalid";

    /// <summary>A telephone number without country code, and nothing tells its region.</summary>
    public const string RegionUnknown = "region-unknown";

    /// <summary>Longer than HubSpot's 65,536 characters.</summary>
    public const string TooLong = "too-long";

    /// <summary>A regular expression that took too long on it.</summary>
    public const string TimedOut = "timed-out";

    /// <summary>HubSpot's text, cut, where the definition says to reject it.</summary>
    public const string Truncated = "truncated";

    /// <summary>A conversion of the hosting program had no result for it.</summary>
    public const string CustomRefused = "custom-refused";
}
