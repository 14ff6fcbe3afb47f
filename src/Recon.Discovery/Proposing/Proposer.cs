using System.Text;
using Npgsql;
using Recon.Dataflow.Batches;
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
    private const int MostTablesJudged = 8;
    private const int MostOptions = 40;
    private const int FewestOutside = 20;
    private const double NearScore = 0.7;

    // Columns that agree once the tables are joined: fewer say that the join may be a wrong one.
    private const double WeakJoin = 0.8;

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
        IReadOnlyList<MirrorTable> wanted = table is null ? all : [await FindAsync(connection, SqlTable.Parse(table), cancellationToken)];
        List<string> misses = [];
        SearchBudget? budget = table is null ? new SearchBudget(searchLimit ?? s_search, s_table) : null;
        KeyChoice? choice = await ChooseAsync(search, file, columns, wanted, misses, budget, cancellationToken);
        if (choice is null || choice.Candidates[0].Agreeing < WeakJoin)
        {
            KeyChoice? other = await ChooseAsync(search, file, IdColumn.Others(file), wanted, misses, budget, cancellationToken);
            choice = choice is null || other?.Candidates[0].Agreeing > WeakJoin + choice.Candidates[0].Agreeing ? other : choice;
        }

        if (choice is null)
        {
            throw NothingShared(file, table, columns, wanted, misses, budget?.Notes ?? []);
        }

        return await BuildAsync(connection, search, file, fileNames, columns, all, choice, budget, cancellationToken);
    }

    private static async Task<MirrorTable> FindAsync(NpgsqlConnection connection, SqlTable name, CancellationToken cancellationToken)
        => await MirrorCatalog.FindAsync(connection, name, cancellationToken) is not { } found ? throw MirrorException.MissingTable(name)
            : found.CanSelect ? found : throw MirrorException.NoSelect(name);

    private static async Task<KeyChoice?> ChooseAsync(
        KeySearch search, FileSample file, IReadOnlyList<IdColumn> columns, IReadOnlyList<MirrorTable> tables, List<string> misses, SearchBudget? budget, CancellationToken cancellationToken)
    {
        List<(IdScan Scan, double Promise)> scans = [];
        foreach (MirrorTable table in tables)
        {
            IdScan? found = budget is null
                ? await search.ScanAsync(table, columns, s_table, cancellationToken)
                : await budget.TryAsync(table, limit => search.ScanAsync(table, columns, limit, cancellationToken));
            if (found is { } scan)
            {
                double promise = KeyCandidate.Of(scan, columns).Select(candidate => candidate.Promise * 100 / scan.Percent).DefaultIfEmpty(0).Max();
                if (promise > 0)
                {
                    scans.Add((scan, promise + (0.5 * TableName(file, table))));
                }
            }
            else if (budget is null)
            {
                throw new MirrorException($"{table.Table.Display} could not be searched for the file's ids within a minute. Try again when the server has less to do, or name a view of fewer rows.");
            }
        }

        List<(TableProposal Proposal, IdScan Scan, IReadOnlyList<KeyCandidate> Candidates)> judged = [];
        foreach ((IdScan scan, _) in scans.OrderByDescending(scan => scan.Promise).Take(MostTablesJudged))
        {
            IReadOnlyList<KeyCandidate> candidates = budget is null
                ? await search.JudgeAsync(scan, columns, s_table, cancellationToken)
                : await budget.TryAsync<IReadOnlyList<KeyCandidate>>(scan.Table, async limit => await search.JudgeAsync(scan, columns, limit, cancellationToken)) ?? [];
            misses.AddRange(candidates.Where(candidate => !candidate.IsPlausible)
                .Select(candidate => $"{candidate.File.Name} shares {candidate.Shared:N0} of {candidate.Asked:N0} values with {scan.Table.Table.Display}.{candidate.Column}"));
            candidates = [.. candidates.Where(candidate => candidate.IsPlausible)];
            if (candidates is [var best, ..])
            {
                judged.Add((new TableProposal(
                    scan.Table.Table.Display, best.File.Name, best.Column, best.Asked, best.Shared, best.Score + (0.3 * TableName(file, scan.Table)),
                    $"{best.Shared:N0} of {best.Asked:N0} values of {best.File.Name} are in {best.Column}{(scan.IsSampled ? $" ({scan.Percent:0.#} % of the table was read)" : "")}; "
                        + $"about {best.Agreeing:0} other columns agree in the records that it joins"), scan, candidates));
            }
        }

        judged = [.. judged.OrderByDescending(table => table.Proposal.Score)];
        return judged is [var first, ..] ? new KeyChoice(first.Scan, first.Candidates, [.. judged.Select(table => table.Proposal)]) : null;
    }

    // Words of the file's name and of its columns that are the table's, too.
    private static double TableName(FileSample file, MirrorTable table)
    {
        ColumnName name = ColumnName.Of([Path.GetFileNameWithoutExtension(file.Profile.Path)])[0];
        ColumnName other = ColumnName.Of([table.Table.Name.Value])[0];
        return name.Concepts.Any(other.Concepts.Contains) ? 1 : 0;
    }

    private static InputException NothingShared(FileSample file, string? table, IReadOnlyList<IdColumn> columns, IReadOnlyList<MirrorTable> tables, List<string> misses, IReadOnlyList<string> notes)
    {
        string where = table ?? (tables.Count == 0 ? "any table (this role may read none)" : $"any of the {tables.Count} tables that this role may read ({string.Join(", ", tables.Take(8).Select(each => each.Table.Display))}{(tables.Count > 8 ? ", …" : "")})");
        string tried = columns.Count == 0
            ? "No column of the file looks like ids: short values with digits, each in few records."
            : $"These columns of the file look like ids: {string.Join(", ", columns.OrderByDescending(column => column.Uniqueness).Take(8).Select(column => $"{column.Name} ({column.Distinct:N0} distinct values)"))}. " + (misses.Count == 0
                ? "None of their values was found, with and without white space, zeros in front and a tail .0."
                : $"What came nearest, without any other column that agrees in the records that it joins: {string.Join("; ", misses.Take(3))}.");
        return new InputException(
            $"{file.Profile.Path}: nothing tells which of its records is which of {where}. {tried} "
            + $"Check that the file and the mirror are of the same system, and that the property with the legacy ids is synchronised into the mirror.{string.Concat(notes.Select(note => $" {note}"))}");
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
        (IReadOnlyList<string> keys, string ofSample) = await KeysAsync(connection, choice, cancellationToken);
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
        IdSpelling spelling = SpellingOf(file, mirror, key, keys, Joined(pairs, key, choices));
        IdProposal id = Id(key, choice, spelling, hubspotId, ofSample);
        Question? keyQuestion = KeyQuestion(
            choice,
            id,
            other => Id(other, choice with { Candidates = [other] }, SpellingOf(file, mirror, other, Hits(choice.Scan.Hits, other), []), hubspotId, "") with { IsCertain = false });
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
            Questions = [.. ((Question?[])[keyQuestion, SpellingQuestion(id, spelling)]).OfType<Question>(), .. new Questions(pairs, made => Property(pairs, fileNames, mirrorNames, made)).Of(choices.OrderBy(made => made.Candidate.File))],
            Tables = budget is not null ? choice.Tables : [],
        };
    }

    // As the mirror spells them. Where a sample of it was searched, the chosen column is searched as a whole.
    private static async Task<(IReadOnlyList<string> Keys, string OfSample)> KeysAsync(NpgsqlConnection connection, KeyChoice choice, CancellationToken cancellationToken)
    {
        KeyCandidate key = choice.Candidates[0];
        IReadOnlyList<IdHit>? hits = choice.Scan.IsSampled
            ? await IdScan.CountAsync(connection, choice.Scan.Table, key.Column, IdCores.Asked(key.File.Cores), s_limit, cancellationToken)
            : null;
        return (Hits(hits ?? choice.Scan.Hits, key), hits is null && choice.Scan.IsSampled
            ? $" (of {choice.Scan.Percent:0.#} % of the table: searching {key.Column} as a whole took longer than {s_limit.TotalSeconds:0} s; an index on it helps)" : "");
    }

    private static string[] Hits(IEnumerable<IdHit> hits, KeyCandidate key)
        => [.. hits.Where(hit => hit.Column == key.Column && key.File.Cores.Contains(IdCores.Of(hit.Value))).Select(hit => hit.Value)];

    // Another column for the same side, or one by which as many records meet and that is no less an id.
    private static KeyCandidate? Rival(KeyChoice choice)
    {
        KeyCandidate key = choice.Candidates[0];
        return choice.Candidates.Skip(1).FirstOrDefault(other => other.Score >= key.Score * NearScore && !other.IsValue && (
            other.File == key.File || other.Column == key.Column || other.Name >= key.Name
            || (other.File.Uniqueness >= key.File.Uniqueness * 0.98 && other.File.Coverage >= key.File.Coverage * 0.98
                && other.Share >= key.Share * 0.97 && other.Name >= key.Name - 0.35)));
    }

    private static Question? KeyQuestion(KeyChoice choice, IdProposal id, Func<KeyCandidate, IdProposal> propose)
    {
        if (Rival(choice) is not { } rival)
        {
            return null;
        }

        IdProposal other = propose(rival);
        return new Question(
            "id",
            $"Which column identifies the records? {id.Column} with {id.Key} and {other.Column} with {other.Key} meet about as often.",
            [
                new QuestionOption($"{id.Column} = {id.Key}", id.Evidence, proposal => proposal with { Id = id }),
                new QuestionOption($"{other.Column} = {other.Key}", other.Evidence, proposal => proposal with
                {
                    Id = other,
                    Properties = [.. proposal.Properties.Where(property => property.Definition.Column != other.Column && property.Definition.Mirror != other.Key)],
                }),
            ]);
    }

    private static IdSpelling SpellingOf(FileSample file, MirrorSample mirror, KeyCandidate key, IReadOnlyCollection<string> keys, IReadOnlyList<JoinedIds> joined)
        => IdSpelling.Of(
            [.. file.Rows.Select(row => row[key.File.Index]).OfType<string>().Distinct(StringComparer.Ordinal).Where(id => key.File.Cores.Contains(IdCores.Of(id)))],
            keys, mirror.TypeOf(key.Column), joined);

    // How much the records agree that are proposed to be the same.
    private static List<JoinedIds> Joined(PairedRows pairs, KeyCandidate key, IReadOnlyList<PropertyChoice> choices)
    {
        byte[]?[] files = pairs.FileValues(key.File.Index);
        byte[]?[] mirrors = pairs.MirrorValues(pairs.MirrorIndex(key.Column));
        PropertyChoice[] active = [.. choices.Where(choice => choice.IsActive)];
        List<JoinedIds> joined = [];
        for (int at = 0; at < pairs.Count; at++)
        {
            if (files[at] is { } file && mirrors[at] is { } mirror)
            {
                joined.Add(new JoinedIds(
                    Encoding.UTF8.GetString(file),
                    Encoding.UTF8.GetString(mirror),
                    active.Count(choice => choice.Candidate.Agrees[at]),
                    active.Count(choice => pairs.FileValues(choice.Candidate.File)[at] is not null && pairs.MirrorValues(choice.Candidate.Mirror)[at] is not null)));
            }
        }

        return joined;
    }

    private static IdProposal Id(KeyCandidate key, KeyChoice choice, IdSpelling spelling, string hubspotId, string ofSample)
    {
        KeyCandidate? second = Rival(choice);
        bool isAlone = second is null;
        return new IdProposal(
            key.File.Name, key.Column, hubspotId, spelling.Type, spelling.Form, spelling.Mirror, spelling.Asked, spelling.Shared,
            isAlone && spelling.Doubt is null && key.Agreeing >= 0.75 && !key.IsHubspotId,
            $"{spelling.Shared:N0} of {spelling.Asked:N0} distinct values are in {key.Column}{ofSample}, {spelling.Evidence}; about {key.Agreeing:0} other columns agree in the records that it joins"
                + (spelling.Doubt is null ? "" : $"; {spelling.Doubt}")
                + (second is null ? "" : $"; {second.File.Name} with {second.Column} comes near"));
    }

    private static Question? SpellingQuestion(IdProposal id, IdSpelling spelling)
        => spelling.Other is not { } other ? null : new Question(
            "idForm",
            $"How are the ids of {id.Column} and of {id.Key} compared? {spelling.Doubt}.",
            [
                Option(id, id.Form, id.MirrorKeys, $"{spelling.Shared:N0} of {spelling.Asked:N0} distinct values are found, {spelling.Evidence}"),
                Option(id, other.Form, other.Mirror, other.Evidence),
            ]);

    private static QuestionOption Option(IdProposal id, IdForm form, MirrorKeys keys, string evidence) => new(
        keys == MirrorKeys.Decimal ? "the mirror's without a tail .0" : form switch
        {
            IdForm.Exact => "exactly",
            IdForm.Trim => "without white space around them",
            IdForm.Decimal => "without a tail .0",
            _ => "without zeros in front",
        },
        evidence,
        proposal => proposal.Id.Column != id.Column ? proposal : proposal with { Id = proposal.Id with { Form = form, MirrorKeys = keys } });

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

/// <summary>The table and the columns by which the file's records are found.</summary>
/// <param name="Candidates">The best first.</param>
/// <param name="Tables">All tables that could be meant, the best first.</param>
internal sealed record KeyChoice(IdScan Scan, IReadOnlyList<KeyCandidate> Candidates, IReadOnlyList<TableProposal> Tables);
