namespace Recon.Dataflow.Values.Time;

/// <summary>What a local time that the zone skips (the spring hour) means.</summary>
internal enum NonexistentTime
{
    /// <summary>As much later as the clock was put forward: 02:30 is 03:30.</summary>
    Forward,

    /// <summary>The value fails.</summary>
    Reject,
}
