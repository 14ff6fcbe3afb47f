namespace Recon.Dataflow.Values;

/// <summary>What a conversion had to decide about a value that it did convert. Counted by code; the codes are a contract.</summary>
internal static class ValueRemarks
{
    /// <summary>A local time that occurs twice; the definition says which of the two was taken.</summary>
    public const string TimeAmbiguous = "time-ambiguous";

    /// <summary>A local time that the zone skips; it was taken as much later as the clock was put forward.</summary>
    public const string TimeSkipped = "time-skipped";

    /// <summary>A telephone number that could be dialled, but that the region's numbering plan has not given out.</summary>
    public const string NumberInvalid = "number-invalid";

    /// <summary>A number of which HubSpot's is the thousandth or the thousandfold: one of the two points may separate thousands.</summary>
    public const string Thousandfold = "thousandfold";

    /// <summary>A telephone number without country code that HubSpot has with another one than that of its region.</summary>
    public const string NumberElsewhere = "number-elsewhere";

    /// <summary>A date that is HubSpot's with day and month exchanged.</summary>
    public const string DayMonth = "day-month";

    /// <summary>A time that is HubSpot's, as many quarters of an hour earlier or later as time zones differ.</summary>
    public const string Shifted = "shifted";

    /// <summary>A date or time where HubSpot has none: what the share of the others is of.</summary>
    public const string Filled = "filled";

    /// <summary>A text with which HubSpot's longer one begins: it may have been cut.</summary>
    public const string Suspicious = "suspicious";

    /// <summary>A text that was cut at the declared length.</summary>
    public const string Truncated = "truncated";
}
