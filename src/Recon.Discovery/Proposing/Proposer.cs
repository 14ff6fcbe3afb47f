using System.Text;
using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Choice;
using Recon.Dataflow.Values.Phone;
using Recon.Dataflow.Values.Text;
using Recon.Discovery.Profiling;
using Recon.Discovery.Proposing.Matching;
using Recon.Discovery.Proposing.Names;
using Recon.Postgres.Catalog;
using Recon.Postgres.Discovery;
using Recon.Postgres.Lookups;

namespace Recon.Discovery.Proposing;

/// <summary>Makes a proposal from a file and a mirror. Reads the mirror only.</summary>
/// <param name="defaults">Zone and telephone region that the definition will state.</param>
/// <param name="searchLimit">How long tables that nobody named are searched, in all: once for the file's own, once for parents. Three minutes unless said.</param>
internal sealed class Proposer(NpgsqlDataSource source, DefaultsDefinition defaults, TimeSpan? searchLimit = null)
{
    private const int MostPairs = 5_000;
    private const int MostOptions = 40;
    private const int FewestOutside = 20;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan s_search = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan s_table = TimeSpan.FromSeconds(60);

    private readonly ConversionContext _context = new(defaults, "", AllowPathsOutside: false);

    /// <summary>Proposes a pipeline for a file.</summary>
    /// <param name="table">The mirror table, with its schema; <see langword="null"/> to look for it in all that this role may read.</param>
    /// <exception cref="InputException">No column of the file shares values with the table; the message says what was tried.</exception>
    /// <exception cref="MirrorException">The table does not exist, or cannot be read.</exception>
    public async Task<PipelineProposal> ProposeAsync(FileSample file, string? table, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
        IReadOnlyList<ColumnName> fileNames = ColumnName.Of([.. file.Profile.Columns.Select(column => column.Name)]);
        var search = new KeySearch(connection, file, fileNames);
        IReadOnlyList<IdColumn> columns = IdColumn.Of(file);
        IReadOnlyList<MirrorTable> all = await MirrorTables.ListAsync(connection, cancellationToken);
        SearchBudget? budget = table is null ? new SearchBudget(searchLimit ?? s_search, s_table) : null;
        KeyChoice choice = await new KeyChooser(connection, search, file, columns, budget, s_table).ChooseAsync(table, all, cancellationToken);
        return await BuildAsync(connection, search, file, fileNames, columns, all, choice, budget, cancellationToken);
    }

    private async Task<PipelineProposal> BuildAsync(
        NpgsqlConnection connection,
        KeySearch search,
        FileSample file,
        IReadOnlyList<ColumnName> fileNames,
        IReadOnlyList<IdColumn> columns,
        IReadOnlyList<MirrorTable> all,
        KeyChoice choice,
        SearchBudget? budget,
        CancellationToken cancellationToken)
    {
        KeyCandidate key = choice.Candidates[0];
        MirrorTable table = choice.Scan.Table;
        (IReadOnlyList<string> keys, string ofSample) = await KeyProposal.KeysAsync(connection, choice, s_limit, cancellationToken);
        MirrorSample mirror = await MirrorSample.ReadAsync(connection, table, key.Column, [.. keys], s_limit, cancellationToken);
        string hubspotId = HubspotIdColumn.Find(table, mirror, key.Column)
            ?? throw new InputException(
                $"{table.Table.Display} has no column with HubSpot's own ids: an integer in each row, and in no two the same. Synchronise hs_object_id into it, or name another table.");
        var pairs = PairedRows.Join(file, key.File.Index, mirror, key.Column, MostPairs);
        var parentSearch = new ParentSearch(connection, file, fileNames, pairs, key.File.Index);
        var parentBudget = new SearchBudget(searchLimit ?? s_search, s_table);
        IReadOnlyList<ParentProposal> parents = await ParentsAsync(search, parentSearch, columns, all, pairs, key, table, parentBudget, cancellationToken);
        IReadOnlyList<ColumnName> mirrorNames = ColumnName.Of([.. pairs.Mirror.Select(column => HubspotProperty.Of(column.Name))]);
        FilterProposal[] exclude = [.. Filters.OfFile(file)];
        (IReadOnlyList<FilterProposal> filters, IReadOnlyList<LeftOut> unfiltered) = Filters.OfMirror(table, pairs);
        List<LeftOut> mirrorUnmapped = [.. table.Columns.Where(column => column.Type is null).Select(column => new LeftOut(column.Name, $"recon cannot read the type {column.SqlType}"))];
        List<int> targets = [];
        for (int column = 0; column < pairs.Mirror.Count; column++)
        {
            string name = pairs.Mirror[column].Name;
            string? why = name == key.Column ? "it holds the legacy ids"
                : name == hubspotId || table.PrimaryKey == name ? "it holds HubSpot's own ids"
                : parentSearch.Associations.Contains(name) ? "it holds the HubSpot ids of parents"
                : HubspotProperty.WhyNotWritable(name);
            if (why is null)
            {
                targets.Add(column);
            }
            else
            {
                mirrorUnmapped.Add(unfiltered.FirstOrDefault(column => column.Column == name) ?? new LeftOut(name, why));
            }
        }

        int[] sources = [.. Enumerable.Range(0, pairs.File.Count).Where(column => column != key.File.Index && exclude.All(filter => filter.Column != pairs.File[column].Name))];
        var comparer = new ColumnComparer(pairs, _context, fileNames, mirrorNames);
        IReadOnlyList<Candidate> candidates = comparer.Compare(sources, targets);
        IReadOnlySet<int> repeated = RepeatedNames.Of(file.Profile);
        List<PropertyChoice> choices = [.. new PropertyMatcher(candidates, new ColumnLabels(pairs)).Choose()];
        int[] freeFiles = [.. sources.Where(column => choices.All(made => made.Candidate.File != column || !made.IsActive))];
        int[] freeMirrors = [.. targets.Where(column => choices.All(made => made.Candidate.Mirror != column || !made.IsActive))];
        (IReadOnlyList<PropertyChoice> named, var contradicted) = NamedPairs.Find(pairs, comparer, fileNames, mirrorNames, freeFiles, freeMirrors);
        choices.RemoveAll(made => named.Any(other => other.Candidate.Mirror == made.Candidate.Mirror));
        choices.AddRange(named);
        choices = [.. new ChoiceDoubts(pairs, fileNames, mirrorNames, repeated, key.File.Index).Add(choices)];
        mirrorUnmapped.AddRange(WithoutSecond(pairs, choices));
        var open = new OpenReadings(pairs, comparer, defaults);
        choices = [.. choices.Select(open.Judge)];

        PropertyProposal[] properties =
        [
            .. choices.OrderBy(made => made.Candidate.File).ThenBy(made => made.Candidate.Mirror).Select(made => Property(pairs, fileNames, mirrorNames, made)),
        ];
        IdSpelling spelling = KeyProposal.SpellingOf(file, mirror, key, keys, KeyProposal.Joined(pairs, key, choices));
        IdProposal id = KeyProposal.Of(key, choice, spelling, hubspotId, ofSample);
        Question? keyQuestion = KeyProposal.QuestionOf(
            choice,
            id,
            other => KeyProposal.Of(other, choice with { Candidates = [other] }, KeyProposal.SpellingOf(file, mirror, other, KeyProposal.Hits(choice.Scan.Hits, other), []), hubspotId, "") with { IsCertain = false });
        LeftOut[] unmapped = [.. Unmapped(pairs, sources, choices, parents, contradicted, Withheld(pairs, comparer, sources, choices, mirrorUnmapped), repeated)];
        mirrorUnmapped.AddRange(targets.Where(column => choices.All(made => made.Candidate.Mirror != column) && mirrorUnmapped.All(left => left.Column != pairs.Mirror[column].Name))
            .Select(column => new LeftOut(pairs.Mirror[column].Name, pairs.MirrorValues(column).All(value => value is null)
                ? "it has no value in the records that were compared" : "no column of the file agrees with it beyond chance")));
        return new PipelineProposal
        {
            File = file.Profile with { Notes = [.. file.Profile.Notes.Concat(budget?.Notes ?? []).Concat(parentBudget.Notes).Distinct(StringComparer.Ordinal)] },
            Table = table.Table.Display,
            Id = id,
            Properties = properties,
            Parents = parents,
            Exclude = exclude,
            Where = filters,
            Unmapped = unmapped,
            MirrorUnmapped = mirrorUnmapped,
            Questions = [.. ((Question?[])[keyQuestion, KeyProposal.SpellingQuestion(id, spelling)]).OfType<Question>(), .. new Questions(pairs, made => Property(pairs, fileNames, mirrorNames, made)).Of(choices.OrderBy(made => made.Candidate.File))],
            Tables = budget is not null ? choice.Tables : [],
        };
    }

    // Two columns of the mirror can hold the same property: once with a prefix, or in capitals.
    private static List<LeftOut> WithoutSecond(PairedRows pairs, List<PropertyChoice> choices)
    {
        List<LeftOut> left = [];
        foreach (IGrouping<string, PropertyChoice> same in choices.GroupBy(choice => HubspotProperty.NameOf(pairs.Mirror[choice.Candidate.Mirror].Name)).Where(same => same.Skip(1).Any()).ToArray())
        {
            PropertyChoice[] ranked = [.. same.OrderByDescending(choice => choice.IsActive).ThenByDescending(choice => choice.IsCertain).ThenByDescending(choice => choice.Candidate.Agreement.Agree)];
            foreach (PropertyChoice second in ranked.Skip(1))
            {
                _ = choices.Remove(second);
                left.Add(new LeftOut(pairs.Mirror[second.Candidate.Mirror].Name, $"{pairs.Mirror[ranked[0].Candidate.Mirror].Name} holds the same property"));
            }
        }

        return left;
    }

    private static async Task<IReadOnlyList<ParentProposal>> ParentsAsync(
        KeySearch search,
        ParentSearch parents,
        IReadOnlyList<IdColumn> columns,
        IReadOnlyList<MirrorTable> all,
        PairedRows pairs,
        KeyCandidate key,
        MirrorTable own,
        SearchBudget budget,
        CancellationToken cancellationToken)
    {
        IdColumn[] others = [.. columns.Where(column => column.Index != key.File.Index)];
        List<(ParentProposal Parent, double Score, int Column)> found = [];
        if (others.Length > 0)
        {
            foreach (MirrorTable table in all.Where(table => table.Table.Schema == own.Table.Schema))
            {
                if (await budget.TryAsync(table, limit => search.ScanAsync(table, others, limit, cancellationToken)) is { } scan)
                {
                    found.AddRange(await budget.TryAsync(
                        table, async limit => (IReadOnlyList<(ParentProposal, double, int)>?)await parents.FindAsync(scan, others, table.Table == own.Table ? key.Column : null, limit, cancellationToken)) ?? []);
                }
            }
        }

        Dictionary<string, int> names = new(StringComparer.Ordinal);
        List<ParentProposal> chosen = [];
        foreach ((ParentProposal parent, _, _) in found.GroupBy(parent => parent.Column).Select(same => same.OrderByDescending(parent => parent.Score).First())
            .OrderByDescending(parent => parent.Score))
        {
            names[parent.Name] = names.GetValueOrDefault(parent.Name) + 1;
            chosen.Add(names[parent.Name] == 1 ? parent : parent with { Name = $"{parent.Name}_{names[parent.Name]}" });
        }

        return [.. chosen.OrderBy(parent => pairs.File.ToList().FindIndex(column => column.Name == parent.Column))];
    }

    private PropertyProposal Property(PairedRows pairs, IReadOnlyList<ColumnName> fileNames, IReadOnlyList<ColumnName> mirrorNames, PropertyChoice choice)
    {
        Candidate candidate = choice.Candidate;
        string mirror = pairs.Mirror[candidate.Mirror].Name;
        string property = HubspotProperty.NameOf(mirror);
        ComparisonDefinition compare = candidate.Reading.Compare switch
        {
            PhoneComparisonDefinition => new PhoneComparisonDefinition(),
            TextComparisonDefinition when candidate.Reading.Convert.Count == 0 && IsEnumeration(pairs, fileNames, mirrorNames, candidate) => new EnumerationComparisonDefinition(),
            var other => other,
        };
        var definition = new PropertyDefinition
        {
            Property = property,
            MirrorColumn = property == mirror ? null : mirror,
            Column = pairs.File[candidate.File].Name,
            Convert = candidate.Reading.Convert,
            Compare = compare,
            Policy = choice.ComparesOnly ? UpdatePolicy.CompareOnly : UpdatePolicy.Overwrite,
        };
        (int both, int agree) = ExactComparison.Of(definition, pairs.FileValues(candidate.File), pairs.MirrorValues(candidate.Mirror), _context);
        definition = definition with { When = Applies(pairs, candidate) };
        return new PropertyProposal(definition, both, agree, choice.IsCertain, choice.IsActive, Evidence.Of(choice, both, agree), candidate.Map);
    }

    // Where HubSpot has a value for the mapped ones only, the property does not apply to the other records: a direction of calls.
    private static ConditionDefinition? Applies(PairedRows pairs, Candidate candidate)
    {
        HashSet<string> mapped = [.. candidate.Map.Select(value => value.Legacy)];
        (int Rows, int Held) within = (0, 0);
        (int Rows, int Held) outside = (0, 0);
        byte[]?[] values = pairs.FileValues(candidate.File);
        byte[]?[] held = pairs.MirrorValues(candidate.Mirror);
        for (int at = 0; at < values.Length && mapped.Count > 0; at++)
        {
            if (values[at] is { } value)
            {
                bool isMapped = mapped.Contains(Encoding.UTF8.GetString(value));
                (int Rows, int Held) former = isMapped ? within : outside;
                (int, int) counted = (former.Rows + 1, former.Held + (held[at] is null ? 0 : 1));
                (within, outside) = isMapped ? (counted, outside) : (within, counted);
            }
        }

        return outside.Rows >= FewestOutside && outside.Held * 20 <= outside.Rows && within.Held * 2 >= within.Rows
            ? new ConditionDefinition { Column = pairs.File[candidate.File].Name, In = [.. candidate.Map.Select(value => value.Legacy)] }
            : null;
    }

    // Names and places are texts, however few they are.
    private static bool IsEnumeration(PairedRows pairs, IReadOnlyList<ColumnName> fileNames, IReadOnlyList<ColumnName> mirrorNames, Candidate candidate)
        => pairs.File[candidate.File] is { Kind.Value: ColumnKind.Enumeration, Distinct: <= MostOptions and > 1 }
            && !fileNames[candidate.File].Concepts.Concat(mirrorNames[candidate.Mirror].Concepts).Any(Lexicon.Texts.Contains);

    // Columns that agree with what is never a target: that is why nothing becomes of them.
    private static Dictionary<int, string> Withheld(
        PairedRows pairs, ColumnComparer comparer, IReadOnlyList<int> sources, IReadOnlyList<PropertyChoice> choices, IReadOnlyList<LeftOut> mirrorUnmapped)
    {
        int[] left = [.. sources.Where(column => choices.All(choice => choice.Candidate.File != column))];
        int[] never = [.. mirrorUnmapped.Select(column => pairs.MirrorIndex(column.Column)).Where(column => column >= 0)];
        return comparer.Compare(left, never).GroupBy(candidate => candidate.File).ToDictionary(same => same.Key, same =>
        {
            Candidate best = same.OrderByDescending(candidate => candidate.Value).First();
            string name = pairs.Mirror[best.Mirror].Name;
            return $"it agrees with {name} ({Evidence.Share(best.Agreement.Agree, best.Agreement.Pairs)}), of which nothing is made: {mirrorUnmapped.First(column => column.Column == name).Why}";
        });
    }

    private static IEnumerable<LeftOut> Unmapped(
        PairedRows pairs,
        IReadOnlyList<int> sources,
        IReadOnlyList<PropertyChoice> choices,
        IReadOnlyList<ParentProposal> parents,
        IReadOnlyList<(int File, int Mirror, Agreement Agreement)> contradicted,
        Dictionary<int, string> withheld,
        IReadOnlySet<int> repeated)
    {
        foreach (int column in sources)
        {
            string name = pairs.File[column].Name;
            if (choices.Any(choice => choice.Candidate.File == column && choice.IsActive) || parents.Any(parent => parent.Column == name))
            {
                continue;
            }

            (int _, int mirror, Agreement agreement) = contradicted.FirstOrDefault(pair => pair.File == column);
            yield return new LeftOut(
                name,
                repeated.Contains(column) ? RepeatedNames.Why :
                                pairs.FileValues(column).All(value => value is null) ? "it has no value in the records that were compared"
                    : withheld.TryGetValue(column, out string? reason) ? reason
                    : agreement.Pairs > 0 ? $"by its name it could be {pairs.Mirror[mirror].Name}, but {Evidence.Share(agreement.Agree, agreement.Pairs)}"
                    : "nothing of the mirror agrees with it beyond chance");
        }
    }
}
