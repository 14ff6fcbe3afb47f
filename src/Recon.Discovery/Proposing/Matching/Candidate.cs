using Recon.Discovery.Proposing.Reading;

namespace Recon.Discovery.Proposing.Matching;

/// <summary>A column of the file that could be a property, with the reading under which the two agree best.</summary>
/// <param name="File">The column's index in the file.</param>
/// <param name="Mirror">The column's index in the mirror.</param>
/// <param name="Agrees">Per pair, whether the values mean the same.</param>
/// <param name="Name">How alike the names are, from 0 to 1.</param>
internal sealed record Candidate(int File, int Mirror, ColumnReading Reading, Agreement Agreement, bool[] Agrees, double Name)
{
    private const double MapPenalty = 0.05;
    private const double MergePenalty = 0.4;
    private const double ScalePenalty = 0.1;
    private const int CostOfScale = 20;

    /// <summary>What each legacy value becomes, for enumerations that are spelled differently.</summary>
    public IReadOnlyList<MappedValue> Map { get; init; } = [];

    /// <summary>Legacy values that are too rare to say what they become.</summary>
    public IReadOnlyList<string> Unmapped { get; init; } = [];

    /// <summary>Whether the file's values count its records, as line numbers do: they meet other sequences by chance.</summary>
    public bool Counts { get; init; }

    /// <summary>Whether the names tell different things of one kind, such as a billing and a shipping city.</summary>
    public bool Conflicts { get; init; }

    /// <summary>HubSpot's values per mapped legacy value: 1 when none is made of several. Any column says something of what it determines.</summary>
    public double Injectivity => Map.Count == 0 ? 1 : Map.Select(value => value.Hubspot).Distinct(StringComparer.Ordinal).Count() / (double)Map.Count;

    /// <summary>What speaks for it by values: agreement beyond chance, less where the reading had much freedom.</summary>
    public double Value => Agreement.BeyondChance
        - (Map.Count == 0 ? 0 : MapPenalty + (MergePenalty * (1 - Injectivity)))
        - (Reading.Cost >= CostOfScale ? ScalePenalty : 0);

    /// <summary>The kind of meaning: a column may be a property of each kind, such as a web address and its domain.</summary>
    public string Family => Reading.Compare.Kind switch
    {
        "text" or "text-ignoring-whitespace" or "enumeration" => "text",
        "date" or "datetime" => "time",
        var kind => kind,
    };

    /// <summary>Whether the pairs in which only one of two agrees speak for this one, beyond chance.</summary>
    public bool Beats(Candidate other)
    {
        (int mine, int others) = Apart(other);
        return mine - others >= 5 && mine - others >= 3 * Math.Sqrt(mine + others) && mine >= 1.5 * others;
    }

    private (int Mine, int Others) Apart(Candidate other)
    {
        int mine = 0;
        int others = 0;
        for (int at = 0; at < Agrees.Length; at++)
        {
            mine += Agrees[at] && !other.Agrees[at] ? 1 : 0;
            others += other.Agrees[at] && !Agrees[at] ? 1 : 0;
        }

        return (mine, others);
    }
}
