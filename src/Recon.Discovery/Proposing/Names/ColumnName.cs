using Recon.Dataflow.Text;

namespace Recon.Discovery.Proposing.Names;

/// <summary>What the name of a column means.</summary>
/// <param name="Words">Its words, without those that all columns of its table begin with.</param>
/// <param name="Concepts">What the lexicon makes of them; a word may mean several things.</param>
internal sealed record ColumnName(string Name, IReadOnlyList<string> Words, IReadOnlySet<string> Concepts)
{
    private const double ShareOfPrefix = 0.5;
    private const int ShortestAlike = 4;

    // Words that say where a column comes from and nothing about what it holds.
    private static readonly string[] s_noise = ["hs", "hubspot", "icalps", "properties", "property", "prop", "custom", "c", "de", "du", "des", "la", "le", "les", "l", "d", "of", "the", "field", "champ", "col", "column", "x", "z", "u", "f"];

    private static readonly string[] s_places = ["city", "zip", "state", "country"];

    /// <summary>Reads the names of a table's or file's columns.</summary>
    public static IReadOnlyList<ColumnName> Of(IReadOnlyList<string> names)
    {
        IReadOnlyList<string>[] words = [.. names.Select(NameTokens.Of)];
        HashSet<string> prefixes = words.Length < ShortestAlike ? [] : [.. words.Where(all => all.Count > 1).GroupBy(all => all[0])
            .Where(same => same.Count() >= words.Length * ShareOfPrefix).Select(same => same.Key)];
        return [.. names.Select((name, at) => Of(name, words[at].Count > 1 && prefixes.Contains(words[at][0]) ? [.. words[at].Skip(1)] : words[at]))];
    }

    /// <summary>How alike two names are: 1 for the same thing, 0 for nothing in common.</summary>
    public double Likeness(ColumnName other)
    {
        string one = string.Concat(Words);
        string two = string.Concat(other.Words);
        if (one.Length > 0 && one == two)
        {
            return 1;
        }

        double shared = Concepts.Where(other.Concepts.Contains).Sum(Weight);
        double all = shared + (Unshared(Concepts, other.Concepts) / 2) + (Unshared(other.Concepts, Concepts) / 2);
        double concepts = all == 0 ? 0 : shared / all;
        double letters = Math.Max(one.Length, two.Length) is var longest && longest < ShortestAlike ? 0
            : 1 - (EditDistance.Of(one, two) / (double)longest);
        double within = Math.Min(one.Length, two.Length) >= ShortestAlike
            && (one.Contains(two, StringComparison.Ordinal) || two.Contains(one, StringComparison.Ordinal)) ? 0.6 : 0;
        double likeness = Math.Max(concepts, Math.Max(letters > 0.6 ? letters * 0.9 : 0, within));
        return Conflicts(other) ? Math.Min(likeness, 0.3) : Math.Min(likeness, 0.95);
    }

    /// <summary>Whether the names tell different things of one kind: a billing city and a shipping city.</summary>
    public bool Conflicts(ColumnName other)
    {
        HashSet<string> mine = [.. Concepts.Where(Lexicon.Qualifiers.Contains)];
        HashSet<string> others = [.. other.Concepts.Where(Lexicon.Qualifiers.Contains)];
        return (mine.Count > 0 || others.Count > 0) && !mine.Overlaps(others) && (mine.Count > 0 && others.Count > 0
            || Numbers(Words) != Numbers(other.Words) || Concepts.Any(other.Concepts.Contains) || HasPhone(Concepts) && HasPhone(other.Concepts)
            || IsQualified(other) || other.IsQualified(this));
    }

    // A parent's company name beside a name: both say what they are, and one of them says whose.
    private bool IsQualified(ColumnName other)
        => Concepts.Overlaps(Lexicon.StrongQualifiers) && Concepts.Any(IsThing) && other.Concepts.Any(IsThing);

    private static bool IsThing(string concept) => concept[0] != '=' && concept is not ("id" or "external") && !Lexicon.Qualifiers.Contains(concept);

    private static bool HasPhone(IReadOnlySet<string> concepts) => concepts.Contains("phone") || concepts.Contains("mobile") || concepts.Contains("fax");

    private static string Numbers(IReadOnlyList<string> words) => string.Concat(words.Where(word => char.IsDigit(word[0])));

    // A short word that nobody knows is often a prefix of the table: CT_Pays.
    private static double Weight(string concept) => Lexicon.Weak.Contains(concept) || (concept[0] == '=' && concept.Length <= ShortestAlike) ? 0.35 : 1;

    private static double Unshared(IReadOnlySet<string> mine, IReadOnlySet<string> others) => mine.Where(concept => !others.Contains(concept)).Sum(Weight);

    private static ColumnName Of(string name, IReadOnlyList<string> words)
    {
        string[] kept = [.. words.Where(word => !s_noise.Contains(word, StringComparer.Ordinal))];
        kept = kept.Length == 0 ? [.. words] : kept;
        HashSet<string> concepts = [];
        for (int at = 0; at < kept.Length;)
        {
            int length = Math.Min(Lexicon.LongestPhrase, kept.Length - at);
            for (; length > 0; length--)
            {
                if (Lexicon.Phrases.TryGetValue(string.Join(' ', kept.AsSpan(at, length)), out string[]? found)
                    || (length == 1 && TryPrefix(kept[at], out found)))
                {
                    concepts.UnionWith(found);
                    break;
                }
            }

            if (length == 0 && !char.IsDigit(kept[at][0]))
            {
                concepts.Add($"={kept[at]}");
            }

            at += Math.Max(1, length);
        }

        // A part of an address is that part; a mobile number is no other number.
        if (concepts.Overlaps(s_places))
        {
            concepts.ExceptWith(["address", "address2"]);
        }

        if (concepts.Contains("mobile") || concepts.Contains("fax"))
        {
            _ = concepts.Remove("phone");
        }

        return new ColumnName(name, kept, concepts);
    }

    // HubSpot writes words together: dealpriority. What begins with a known word of some length and ends with another one means both.
    private static bool TryPrefix(string word, out string[] concepts)
    {
        for (int end = word.Length - 3; end >= 3; end--)
        {
            if (Lexicon.Phrases.TryGetValue(word[..end], out string[]? first) && Lexicon.Phrases.TryGetValue(word[end..], out string[]? second))
            {
                concepts = [.. first.Union(second)];
                return true;
            }
        }

        concepts = [];
        return false;
    }
}
