using Recon.Discovery.Profiling;

namespace Recon.Discovery.Proposing;

/// <summary>A column of the file whose values could be ids.</summary>
/// <param name="Index">Its position among the columns of the profile.</param>
/// <param name="Cores">Distinct values, see <see cref="IdCores"/>; some of them where they are many.</param>
/// <param name="Filled">Records of the sample with a value.</param>
/// <param name="Distinct">Distinct values of the sample.</param>
/// <param name="Coverage">The share of the sample's records that have a value.</param>
/// <param name="Likelihood">How likely values of this kind are ids, from 0 to 1.</param>
internal sealed record IdColumn(string Name, int Index, IReadOnlySet<string> Cores, int Filled, int Distinct, double Coverage, double Likelihood)
{
    private const int MostAsked = 3_000;
    private const int LongestId = 40;
    private const int LongestCode = 20;
    private const int LongestOther = 64;
    private const double MostOf = 0.9;

    private static readonly string[] s_days = ["yyyy-MM-dd", "dd/MM/yyyy", "MM/dd/yyyy", "dd.MM.yyyy", "dd-MM-yyyy", "d/M/yyyy", "M/d/yyyy"];

    public bool IsUuid => Cores.Take(20).All(core => core.Count(character => character == '-') == 4 && core.Length > 24);

    /// <summary>The share of the values that are not repeated.</summary>
    public double Uniqueness => Filled == 0 ? 0 : (double)Distinct / Filled;

    /// <summary>All columns whose values look like ids: short, without spaces, with digits, or nearly all different.</summary>
    public static IReadOnlyList<IdColumn> Of(FileSample file) =>
    [
        .. Distinguishable(file).Where(column => file.Profile.Columns[column].Kind.Value is not (ColumnKind.Empty or ColumnKind.Boolean or ColumnKind.Html))
            .Select(column => Of(file, column, IsLikeAnId) ?? (Of(file, column, IsCode) is { Uniqueness: > MostOf } code ? code : null)).OfType<IdColumn>(),
    ];

    /// <summary>Columns that identify in another way, such as e-mail addresses: for files in which nothing else does.</summary>
    public static IReadOnlyList<IdColumn> Others(FileSample file) =>
    [
        .. Distinguishable(file).Where(column => file.Profile.Columns[column].Kind.Value is ColumnKind.Email or ColumnKind.Text or ColumnKind.Id)
            .Select(column => Of(file, column, text => text.Length <= LongestOther)).OfType<IdColumn>().Where(column => column.Uniqueness > MostOf),
    ];

    private static IEnumerable<int> Distinguishable(FileSample file)
        => Enumerable.Range(0, file.Profile.Columns.Count).Except(RepeatedNames.Of(file.Profile));

    private static IdColumn? Of(FileSample file, int index, Func<string, bool> isId)
    {
        ColumnProfile column = file.Profile.Columns[index];
        int filled = 0;
        int like = 0;
        HashSet<string> cores = new(StringComparer.Ordinal);
        foreach (string?[] row in file.Rows)
        {
            if (row[index] is not { } value)
            {
                continue;
            }

            filled++;
            like += isId(value) ? 1 : 0;
            string core = IdCores.Of(value);
            if (core.Length > 0)
            {
                _ = cores.Add(core);
            }
        }

        if (cores.Count < 2 || like < filled * MostOf)
        {
            return null;
        }

        // Those that are asked for are spread over the file.
        int step = Math.Max(1, cores.Count / MostAsked);
        HashSet<string> asked = step == 1 && cores.Count <= MostAsked ? cores : [.. cores.Where((_, at) => at % step == 0).Take(MostAsked)];
        double likelihood = column.Kind.Value switch
        {
            ColumnKind.Email => 0.6,
            ColumnKind.Number when file.Rows.Any(row => row[index] is { } value && !IdCores.Of(value).All(char.IsAsciiDigit)) => 0.5,
            _ => 1,
        };
        return new IdColumn(column.Name, index, asked, filled, cores.Count, filled / (double)file.Rows.Count, likelihood);
    }

    private static bool IsLikeAnId(string text)
        => text.Length <= LongestId && text.Any(char.IsAsciiDigit) && IsOneWord(text) && !DateTime.TryParseExact(
            text, s_days, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out _);

    private static bool IsCode(string text) => text.Length <= LongestCode && IsOneWord(text) && !text.Any(char.IsAsciiLetterLower);

    private static bool IsOneWord(string text) => text.All(character => char.IsLetterOrDigit(character) || character is '-' or '_' or '.' or '/' or '#');
}
