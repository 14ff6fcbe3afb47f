using System.Text;
using Recon.Dataflow.Extract.Cuts;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values.Time;

namespace Recon.Discovery.Profiling.Columns;

/// <summary>Counts the values of one column. Memory is bounded whatever it sees.</summary>
/// <param name="room">How many distinct values may be held; shared by the columns.</param>
internal sealed class ColumnTally(TallyRoom room)
{
    private const int LongestCounted = 64;
    private const int MostLengths = 20_000;

    private readonly Dictionary<byte[], ValueEntry> _values = new(Utf8Comparer.Instance);
    private readonly HashSet<ulong> _seen = [];
    private readonly Dictionary<string, long> _nulls = [];
    private readonly ColumnLengths _lengths = new(MostLengths);

    /// <summary>Values that are not blank; null spellings among them.</summary>
    public long Values { get; private set; }

    /// <summary>Values that were looked at for repeats: all, or those before the distinct ones became too many.</summary>
    public long Judged { get; private set; }

    /// <summary>Different values among <see cref="Judged"/>.</summary>
    public long Distinct => _seen.Count;

    public bool IsCapped { get; private set; }

    public int Longest { get; private set; }

    /// <summary>Values by what happened to them.</summary>
    public Dictionary<CellTrace, long> Traces { get; } = [];

    /// <summary>Values that may mean "no value", with their records.</summary>
    public IReadOnlyDictionary<string, long> Nulls => _nulls;

    /// <summary>The values that are short enough to be counted each.</summary>
    public IEnumerable<ValueEntry> Entries => _values.Values;

    /// <summary>Lengths at which texts were cut.</summary>
    public IReadOnlyList<CutPattern> FindCuts(string name) => _lengths.FindCuts(name);

    /// <param name="raw">A value as it stands in the file.</param>
    /// <param name="value">The same without the white space around it; not empty.</param>
    /// <returns>Its text, where it is kept anyway; null for another one.</returns>
    public ValueEntry? Add(ReadOnlySpan<byte> raw, ReadOnlySpan<byte> value)
    {
        Values++;
        if (value.Length > Longest)
        {
            Longest = Math.Max(Longest, Characters(value));
        }

        if (NullWords.MayBe(value))
        {
            string word = Encoding.UTF8.GetString(value);
            _nulls[word] = _nulls.GetValueOrDefault(word) + 1;
        }

        Trace(raw, value);
        _lengths.Add(raw, value);
        ulong code = KeyHash.Of(value);
        if (!IsCapped)
        {
            Judged++;
            if (_seen.Add(code) && !room.Take(_seen.Count, Judged))
            {
                IsCapped = true;
            }
        }

        return Count(value);
    }

    private ValueEntry? Count(ReadOnlySpan<byte> value)
    {
        if (value.Length > LongestCounted)
        {
            return null;
        }

        Dictionary<byte[], ValueEntry>.AlternateLookup<ReadOnlySpan<byte>> values = _values.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (values.TryGetValue(value, out ValueEntry? known))
        {
            known.Records++;
            return known;
        }

        if (_values.Count >= room.MostCounted)
        {
            return null;
        }

        var entry = new ValueEntry(Encoding.UTF8.GetString(value)) { Records = 1 };
        values[value] = entry;
        return entry;
    }

    private void Trace(ReadOnlySpan<byte> raw, ReadOnlySpan<byte> value)
    {
        if (value[0] is (byte)'#' or (byte)'=' or (byte)'E' && CellDamage.IsError(value))
        {
            Note(value[0] == '=' && value[1] == '"' ? CellTrace.Wrapped : CellTrace.Error);
        }
        else if (char.IsAsciiDigit((char)value[0]) || value[0] == '-')
        {
            if (ExcelDate.LooksDestroyed(value))
            {
                Note(CellTrace.DestroyedDate);
            }
            else if (CellDamage.IsExponent(value))
            {
                Note(CellTrace.Exponent);
            }
        }

        if (raw.Length != value.Length && CellDamage.HasHiddenEdge(raw, value))
        {
            Note(CellTrace.HiddenEdge);
        }
        else if (Ascii.IsValid(value))
        {
            return;
        }
        else if (CellDamage.HoldsInvisible(value))
        {
            Note(CellTrace.Invisible);
        }
        else if (CellDamage.HoldsNoBreakSpace(value))
        {
            Note(CellTrace.NoBreakSpace);
        }

        if (Mojibake.LooksLike(value))
        {
            Note(CellTrace.Mojibake);
        }

        if (Mojibake.HoldsReplacement(value))
        {
            Note(CellTrace.LostLetter);
        }
    }

    private void Note(CellTrace trace) => Traces[trace] = Traces.GetValueOrDefault(trace) + 1;

    private static int Characters(ReadOnlySpan<byte> value)
    {
        if (Ascii.IsValid(value))
        {
            return value.Length;
        }

        int count = 0;
        foreach (byte one in value)
        {
            count += (one & 0xC0) == 0x80 ? 0 : 1;
        }

        return count;
    }
}

/// <summary>What happened to a value.</summary>
internal enum CellTrace
{
    DestroyedDate,
    Exponent,
    Error,
    Wrapped,
    Mojibake,
    LostLetter,
    HiddenEdge,
    Invisible,
    NoBreakSpace,
}

/// <summary>A value and its records.</summary>
internal sealed class ValueEntry(string text)
{
    public string Text { get; } = text;

    public long Records { get; set; }
}

/// <summary>How many distinct values the columns of a file may hold, so that memory stays the same whatever the file.</summary>
/// <param name="columns">How many columns share it.</param>
internal sealed class TallyRoom(int columns)
{
    /// <summary>Distinct values that each column counts.</summary>
    public const int MostDistinct = 10_000;

    private const int MostCountedInAll = 400_000;

    // Columns of ids are looked at further, for repeats.
    private int _more = 1_500_000;

    /// <summary>Most values of a column that are counted each.</summary>
    public int MostCounted { get; } = Math.Clamp(MostCountedInAll / Math.Max(columns, 1), 100, MostDistinct);

    /// <summary>Whether a column may hold a value more.</summary>
    /// <param name="distinct">Those that it holds.</param>
    /// <param name="of">Values among which they were.</param>
    public bool Take(int distinct, long of)
        => distinct <= MostDistinct || (distinct * 2L > of && _more-- > 0);
}
