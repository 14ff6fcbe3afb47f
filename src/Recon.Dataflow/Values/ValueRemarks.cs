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

    /// <summary>A text with which HubSpot's longer one begins: it may have been cut.</summary>
    public const string Suspicious = "suspicious";

    /// <summary>A text that was cut at the declared length.</summary>
    public const string Truncated = "truncated";
}
