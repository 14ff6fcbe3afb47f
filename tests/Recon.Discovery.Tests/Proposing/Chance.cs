namespace Recon.Discovery.Tests.Proposing;

/// <summary>Random choices that a seed repeats.</summary>
internal sealed class Chance(int seed)
{
    private readonly Random _random = new(seed);

    public int Below(int count) => _random.Next(count);

    public int Between(int least, int most) => _random.Next(least, most + 1);

    public bool Is(double share) => _random.NextDouble() < share;

    public T Of<T>(IReadOnlyList<T> options) => options[_random.Next(options.Count)];

    public List<T> Shuffled<T>(IEnumerable<T> items)
    {
        T[] all = [.. items];
        _random.Shuffle(all);
        return [.. all];
    }
}
