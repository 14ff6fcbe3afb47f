namespace Recon.Dataflow.Values.Time;

/// <summary>What a local time that occurs twice (the autumn hour) means.</summary>
internal enum AmbiguousTime
{
    /// <summary>The first of the two, still in summer time.</summary>
    Earlier,

    /// <summary>The second of the two.</summary>
    Later,

    /// <summary>The value fails.</summary>
    Reject,
}
