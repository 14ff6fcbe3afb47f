using Recon.Postgres.Wire;

namespace Recon.Postgres.Lookups;

/// <summary>
/// Values that many rows share, such as <c>MEETING</c> or <c>Pending</c>: each is held once, and rows hold its code.
/// Which they are is judged by the first rows; null has a code from the start. Not thread-safe while rows are added.
/// </summary>
internal sealed class FrequentValues(int width)
{
    /// <summary>The code of null.</summary>
    public const uint Null = 0;

    /// <summary>Codes are below this; never more, so that a row's numbers from here on are free to mean lengths.</summary>
    public const uint Codes = 48;

    private const int SampledRows = 1024;
    private const int LeastOccurrences = SampledRows / 64;
    private const int LongestValue = 32;
    private const int Slots = 128;

    private readonly byte[] _slots = new byte[Slots];
    private readonly FieldPlace[] _places = [new FieldPlace(0, -1), .. new FieldPlace[Codes - 1]];
    private readonly bool[] _hasFrequent = new bool[width];
    private Dictionary<string, int[]>? _sample = new(StringComparer.Ordinal);
    private byte[] _bytes = [];
    private int _count = 1;
    private int _sampled;

    /// <summary>All frequent values, one after the other: at most 1,504 bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Where the values of the codes stand in <see cref="Bytes"/>: <see cref="Codes"/> places, that of null first.</summary>
    public ReadOnlySpan<FieldPlace> Places => _places;

    /// <summary>Counts the values of one of the first rows; later ones are passed over.</summary>
    /// <param name="values">Where its values stand, one for each column.</param>
    public void Sample(ReadOnlySpan<byte> buffer, ReadOnlySpan<FieldPlace> values)
    {
        if (_sample is null)
        {
            return;
        }

        for (int column = 0; column < values.Length; column++)
        {
            if (values[column].Length is >= 0 and <= LongestValue)
            {
                string text = Convert.ToHexString(values[column].Of(buffer));
                if (!_sample.TryGetValue(text, out int[]? occurrences))
                {
                    _sample.Add(text, occurrences = new int[width]);
                }

                occurrences[column]++;
            }
        }

        if (++_sampled == SampledRows)
        {
            Choose(_sample);
            _sample = null;
        }
    }

    /// <summary>The code of a value.</summary>
    public bool TryCode(int column, ReadOnlySpan<byte> value, out uint code)
    {
        code = _hasFrequent[column] && value.Length <= LongestValue ? _slots[SlotOf(value)] : Null;
        return code != Null;
    }

    // Of all that are frequent in some column, those that take the most room.
    private void Choose(Dictionary<string, int[]> sample)
    {
        foreach ((string text, int[] occurrences) in sample
            .Where(pair => pair.Value.Any(count => count >= LeastOccurrences))
            .OrderByDescending(pair => (long)pair.Value.Sum() * (pair.Key.Length + 1))
            .ThenBy(pair => pair.Key, StringComparer.Ordinal)
            .Take((int)Codes - 1))
        {
            byte[] value = Convert.FromHexString(text);
            _places[_count] = new FieldPlace(_bytes.Length, value.Length);
            _bytes = [.. _bytes, .. value];
            _slots[SlotOf(value)] = (byte)_count++;
            for (int column = 0; column < width; column++)
            {
                _hasFrequent[column] |= occurrences[column] >= LeastOccurrences;
            }
        }
    }

    private int SlotOf(ReadOnlySpan<byte> value)
    {
        // A row has several of them, and there are few: a hash need not be good, only fast.
        int slot = value.IsEmpty ? 0 : ((value.Length * 37) + (value[0] * 5) + (value[^1] * 11) + value[value.Length / 2]) & (Slots - 1);
        while (_slots[slot] is var code and not 0 && !_places[code].Of(_bytes).SequenceEqual(value))
        {
            slot = (slot + 1) & (Slots - 1);
        }

        return slot;
    }
}
