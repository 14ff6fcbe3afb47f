namespace Recon.Dataflow.Values.Time;

/// <summary>What a day does that differs from the day of HubSpot's moment.</summary>
internal enum TimeOfDay
{
    /// <summary>Nothing; the difference is counted.</summary>
    Withhold,

    /// <summary>It is staged with HubSpot's time of day.</summary>
    Keep,
}
