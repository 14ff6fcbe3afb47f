using System.Text;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Discovery.Profiling.Dialects;

namespace Recon.Discovery.Profiling.Columns;

/// <summary>The values of one column in the records that were kept: without null spellings, and without those of which a spreadsheet left nothing.</summary>
internal sealed class ColumnValues
{
    /// <summary>Share of the values that makes a column be of a kind.</summary>
    public const double Most = 0.9;

    private const double All = 0.98;
    private readonly Utf8Scratch _scratch = new();

    private ColumnValues(string name, int index, IReadOnlyList<ColumnValue> distinct, long ruined)
    {
        (Name, Index, Distinct, Ruined) = (name, index, distinct, ruined);
        Total = distinct.Sum(value => value.Records);
        Words = [.. ColumnName.Words(name)];
    }

    public string Name { get; }

    /// <summary>The words in the column's name, in lower case.</summary>
    public IReadOnlyList<string> Words { get; }

    public int Index { get; }

    /// <summary>The different values, in the order in which they first come.</summary>
    public IReadOnlyList<ColumnValue> Distinct { get; }

    /// <summary>Records with one of <see cref="Distinct"/>.</summary>
    public long Total { get; }

    /// <summary>Values that are left out because a spreadsheet destroyed them.</summary>
    public long Ruined { get; }

    /// <summary>Different values among all that were looked at, as a share.</summary>
    public double Uniqueness { get; init; }

    /// <summary>Records with a value, as a share.</summary>
    public double Filled { get; init; }

    /// <summary>Whether records were left out, so that counts are those of a sample.</summary>
    public bool IsSample { get; init; }

    /// <param name="values">A value for each record; null for none.</param>
    /// <param name="isNull">Whether a value is a null spelling.</param>
    public static ColumnValues Of(string name, int index, IEnumerable<string?> values, Func<string, bool> isNull, double uniqueness, double filled, bool isSample)
    {
        OrderedDictionary<string, int> counts = new(StringComparer.Ordinal);
        foreach (string? value in values)
        {
            if (value is not null && !isNull(value))
            {
                counts[value] = counts.TryGetValue(value, out int known) ? known + 1 : 1;
            }
        }

        ColumnValue[] distinct = [.. counts.Select(pair => new ColumnValue(pair.Key, Encoding.UTF8.GetBytes(pair.Key), pair.Value))];
        ColumnValue[] sound = [.. distinct.Where(value => !CellDamage.IsRuined(value.Utf8))];
        return new(name, index, sound, distinct.Sum(value => value.Records) - sound.Sum(value => value.Records))
        {
            Uniqueness = uniqueness,
            Filled = filled,
            IsSample = isSample,
        };
    }

    /// <summary>Whether the name has one of some words, or begins or ends with one where it is one word.</summary>
    public bool IsNamed(params ReadOnlySpan<string> words)
    {
        foreach (string word in words)
        {
            if (Words.Contains(word))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Records whose value keeps a condition.</summary>
    public long Count(Func<ColumnValue, bool> condition) => Distinct.Where(condition).Sum(value => (long)value.Records);

    /// <summary>What a conversion makes of each value, in their order; null where it fails.</summary>
    public string?[] Convert(ConversionDefinition definition, int most = int.MaxValue)
    {
        IConversion conversion = definition.Compile(new ConversionContext(new DefaultsDefinition(), "", false));
        string?[] converted = new string?[Math.Min(most, Distinct.Count)];
        for (int index = 0; index < converted.Length; index++)
        {
            _scratch.Reset();
            ConvertedValue value = conversion.Convert(Distinct[index].Utf8, _scratch);
            converted[index] = value.Failed ? null : Encoding.UTF8.GetString(value.Text);
        }

        return converted;
    }

    /// <summary>Records whose value a conversion reads.</summary>
    public long Read(string?[] converted)
    {
        long count = 0;
        for (int index = 0; index < converted.Length; index++)
        {
            count += converted[index] is null ? 0 : Distinct[index].Records;
        }

        return count;
    }

    public bool AreMost(long count) => Total > 0 && count >= Total * Most;

    public bool AreAll(long count) => count >= Total * All;

    /// <summary>How many values say something: <c>3,071 of 3,104 values are e-mail addresses</c>.</summary>
    public string Say(long count, string what)
        => $"{(count == Total && count > 1 ? $"all {CountText.Show(count)}" : $"{CountText.Show(count)} of {CountText.Show(Total)}")} {(Total == 1 ? "value is" : "values are")} {what}{(IsSample ? ", in a sample" : "")}";
}

/// <param name="Records">Records of the sample that have it.</param>
internal sealed record ColumnValue(string Text, byte[] Utf8, int Records);
