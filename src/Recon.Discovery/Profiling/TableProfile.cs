using Recon.Dataflow.Values.Number;
using Recon.Dataflow.Values.Time;
using Recon.Discovery.Profiling.Columns;

namespace Recon.Discovery.Profiling;

/// <summary>What the columns of a file hold, once it was read.</summary>
internal sealed class TableProfile
{
    private const int MostFrequent = 20;

    private readonly TableReading _reading;
    private readonly IReadOnlyList<string?[]> _kept;
    private readonly JudgedColumn[] _judged;

    public TableProfile(TableReading reading, string[] names)
    {
        _reading = reading;
        _kept = reading.Rows;

        // Of columns without a name, which headers have by the hundred, only those with values count.
        int[] indexes = [.. Enumerable.Range(0, names.Length).Where(index => names[index].Length > 0 || reading.Tallies[index].Values > 0)];
        _judged = [.. indexes.Select(index => JudgeColumn(index, names[index], FileHabits.Unknown))];
        FileHabits habits = Habits(_judged);
        if (habits != FileHabits.Unknown)
        {
            _judged = [.. _judged.Select(column => column.Judgement.Conversion is { IsCertain: false } ? JudgeColumn(column.Index, column.Name, habits) : column)];
        }

        Columns = [.. _judged.Select(Describe)];
        Nulls = [.. FileNulls()];
        Damage = [.. DamageFinder.Find(reading, _judged, Columns)];
    }

    public IReadOnlyList<ColumnProfile> Columns { get; }

    /// <summary>Null spellings that are values in no column, the most frequent first.</summary>
    public IReadOnlyList<string> Nulls { get; }

    public IReadOnlyList<Damage> Damage { get; }

    public FileSample Make(Func<TableProfile, FileProfile> profile)
        => new(profile(this), [.. _kept.Select(row => (string?[])[.. _judged.Select(column => row[column.Index] is { } value && !column.Nulls.Contains(value) ? value : null)])]);

    private JudgedColumn JudgeColumn(int index, string name, FileHabits habits)
    {
        ColumnTally tally = _reading.Tallies[index];
        string[] sure = [.. tally.Nulls.Keys.Where(NullWords.IsSure)];
        string[] perhaps = [.. tally.Nulls.Keys.Except(sure)];
        ColumnValues values = ValuesOf([.. sure, .. perhaps]);
        Judgement judgement = ColumnJudge.Judge(values, habits);
        if (perhaps.Length == 0)
        {
            return new(index, name, values, judgement, [.. sure]);
        }

        // Among numbers and dates they say nothing; among words, one that other columns have, too, or that is frequent in texts.
        string[] nulls = judgement.Kind.Value switch
        {
            ColumnKind.Text or ColumnKind.Html => [.. perhaps.Where(word => tally.Nulls[word] > 1 || IsElsewhere(word, index))],
            ColumnKind.Enumeration or ColumnKind.MultiSelect or ColumnKind.Id => [.. perhaps.Where(word => word is "." or "?" or "..." or "…" or "undefined")],
            ColumnKind.Empty => [.. perhaps.Where(word => tally.Nulls[word] == tally.Values || word.Length <= 1)],
            _ => perhaps,
        };
        if (nulls.Length < perhaps.Length)
        {
            values = ValuesOf([.. sure, .. nulls]);
            judgement = ColumnJudge.Judge(values, habits);
        }

        return new(index, name, values, judgement, [.. sure, .. nulls]);

        ColumnValues ValuesOf(HashSet<string> without) => ColumnValues.Of(
            name,
            index,
            _kept.Select(row => row[index]),
            without.Contains,
            tally.Judged == 0 ? 0 : (double)Math.Max(0, tally.Distinct - without.Count) / Math.Max(1, tally.Judged - tally.Nulls.Where(pair => without.Contains(pair.Key)).Sum(pair => pair.Value)),
            _reading.Good == 0 ? 0 : (double)(tally.Values - tally.Nulls.Where(pair => without.Contains(pair.Key)).Sum(pair => pair.Value)) / _reading.Good,
            _kept.Count < _reading.Good);
    }

    private bool IsElsewhere(string word, int index)
        => _reading.Tallies.Where((tally, other) => other != index && tally.Nulls.ContainsKey(word)).Any();

    private static FileHabits Habits(IEnumerable<JudgedColumn> columns)
    {
        bool? dayFirst = null;
        bool? comma = null;
        foreach (JudgedColumn column in columns)
        {
            if (column.Judgement.Conversion is not { IsCertain: true } found)
            {
                continue;
            }

            IReadOnlyList<string> formats = found.Value switch
            {
                DateDefinition date => date.Formats,
                DatetimeDefinition time => time.Formats,
                _ => [],
            };
            if (formats.Any(format => format.StartsWith('d') || format.StartsWith('M')))
            {
                dayFirst ??= formats.Any(format => format.StartsWith('d'));
            }

            if (found.Value is NumericDefinition number && column.Values.Distinct.Any(value => value.Text.AsSpan().ContainsAny(".,")))
            {
                comma ??= number.Point == ",";
            }
        }

        return new(dayFirst, comma);
    }

    private ColumnProfile Describe(JudgedColumn column)
    {
        ColumnTally tally = _reading.Tallies[column.Index];
        ValueCount[] nulls = [.. tally.Nulls.Where(pair => column.Nulls.Contains(pair.Key)).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => new ValueCount(pair.Key, pair.Value))];
        return new ColumnProfile
        {
            Name = column.Name,
            Index = column.Index,
            Filled = tally.Values - nulls.Sum(spelling => spelling.Records),
            Distinct = Math.Max(0, tally.Distinct - nulls.Length),
            IsDistinctCapped = tally.IsCapped,
            Longest = tally.Longest,
            Kind = column.Judgement.Kind,
            Conversion = column.Judgement.Conversion,
            Nulls = nulls,
            Frequent = [.. tally.Entries.Where(entry => !column.Nulls.Contains(entry.Text)).OrderByDescending(entry => entry.Records).ThenBy(entry => entry.Text, StringComparer.Ordinal).Take(MostFrequent).Select(entry => new ValueCount(entry.Text, entry.Records))],
        };
    }

    private IEnumerable<string> FileNulls()
        => Columns.SelectMany(column => column.Nulls)
            .GroupBy(spelling => spelling.Value)
            .Where(group => !_judged.Any(column => !column.Nulls.Contains(group.Key) && _reading.Tallies[column.Index].Nulls.ContainsKey(group.Key)))
            .OrderByDescending(group => group.Sum(spelling => spelling.Records)).ThenBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => group.Key);
}

/// <param name="Nulls">Its spellings of "no value".</param>
internal sealed record JudgedColumn(int Index, string Name, ColumnValues Values, Judgement Judgement, IReadOnlySet<string> Nulls)
{
    public JudgedColumn(int index, string name, ColumnValues values, Judgement judgement, IEnumerable<string> nulls)
        : this(index, name, values, judgement, nulls.ToHashSet(StringComparer.Ordinal))
    {
    }
}
