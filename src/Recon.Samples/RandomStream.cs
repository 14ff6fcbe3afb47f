namespace Recon.Samples;

/// <summary>What a draw is for: two streams of one record are independent of each other.</summary>
internal enum DrawStream
{
    /// <summary>Whether the record is in HubSpot, and what differs there.</summary>
    Plan,

    /// <summary>The record's identity: legacy id and HubSpot id.</summary>
    Identity,

    /// <summary>Names, which children of the record repeat.</summary>
    Naming,

    /// <summary>All other values.</summary>
    Values,

    /// <summary>Parents.</summary>
    Parents,

    /// <summary>What HubSpot holds instead, where it differs.</summary>
    Differences,
}

/// <summary>
/// A counter-based sequence of pseudo-random numbers (SplitMix64): it follows from seed, object, stream and index alone,
/// so any record can be made without the ones before it, and is the same on every machine.
/// </summary>
internal struct RandomStream
{
    private const ulong Increment = 0x9E3779B97F4A7C15;
    private ulong _state;

    /// <summary>Starts the sequence of one record.</summary>
    /// <param name="objectNumber">The object's number, so that two objects differ.</param>
    public RandomStream(int seed, int objectNumber, DrawStream stream, long index)
    {
        ulong key = Mix(unchecked((ulong)seed + (Increment * (ulong)((objectNumber * 16) + (int)stream + 1))));
        _state = Mix(key ^ unchecked((ulong)index * 0xD1B54A32D192ED03));
    }

    public ulong Next()
    {
        _state = unchecked(_state + Increment);
        return Mix(_state);
    }

    /// <summary>The next number below a limit.</summary>
    public long Below(long limit) => (long)Math.BigMul(Next(), (ulong)limit, out _);

    public int Below(int limit) => (int)Below((long)limit);

    /// <summary>True with the given probability, in percent.</summary>
    public bool Chance(int percent) => Below(100) < percent;

    public T Pick<T>(T[] list) => list[Below(list.Length)];

    private static ulong Mix(ulong value)
    {
        unchecked
        {
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
            return value ^ (value >> 31);
        }
    }
}
