using System.Text;
using CsCheck;
using Recon.Postgres.Lookups;
using Recon.Postgres.Runs;
using Recon.Testing;
using static Recon.Postgres.Tests.Runs.ThingBlocks;

namespace Recon.Postgres.Tests.Runs;

public sealed class FallbackKeyTests(PostgresServer server)
{
    // Conversions, what the file has, what the mirror has, and whether they are one key.
    private static readonly (string Convert, string Type, string File, string Mirror, bool Same)[] s_table =
    [
        ("\"phone\"", "text", "06 12 34 56 78", "+33612345678", true),
        ("\"phone\"", "varchar(40)", "+33612345679", "06.12.34.56.79", true),
        ("\"phone\"", "text", "0033 6 12 34 56 80", "(0)6-12-34-56-80", true),
        ("\"phone\"", "text", "+33 (0)6 12 34 56 81", "Tél. 06 12 34 56 81", true),
        ("\"phone\"", "text", "06 12 34 56 82 ext 12", "+33 612345682 poste 12", true),
        ("\"phone\"", "text", "06 12 34 56 83", "06 12 34 56 84", false),
        ("\"phone\"", "text", "+45 12 34 56 78", "0045 12345678", true),
        ("\"phone\"", "text", "+376 123 456", "00376123456", true),
        ("{ \"kind\": \"phone\", \"region\": \"AD\" }", "text", "+376 723 456", "723 456", true),
        ("\"phone\"", "bigint", "06 12 34 56 85", "33612345685", true),
        ("\"email\"", "text", "Anne@X.fr", " anne@x.FR ", true),
        ("\"email\"", "text", "anne2@x.fr", "mailto:<Anne2@x.fr>", true),
        ("\"email\"", "text", "anne3@x.fr", "ann.e3@x.fr", false),
        ("\"domain\"", "text", "acme.fr", "https://www.Acme.fr:8080/x?y", true),
        ("\"domain\"", "text", "http://user@acme2.fr/x", "//ACME2.fr.", true),
        ("\"domain\"", "text", "www.fr", "WWW.fr", true),
        ("\"domain\"", "text", "étoile.fr", "https://www.ÉTOILE.fr/x", true),
        ("\"domain\"", "text", "acme3.fr", "acme.3.fr", false),
        ("\"url\"", "text", "acme4.fr/a", "https://ACME4.fr/a", true),
        ("\"url\"", "text", "acme5.fr/a", "https://acme5.fr/b", false),
        ("\"trim\", \"lower\"", "text", "Société Générale", "  SOCIÉTÉ GÉNÉRALE\u00A0", true),
        ("\"collapse\", \"upper\"", "text", "e\u0301te\u0301  un", "ÉTÉ un", true),
        ("{ \"kind\": \"normalize\", \"foldCase\": true }", "text", "Ромашка", "РОМАШКА", true),
        ("\"trim\", \"lower\"", "text", "三菱 東京", "三菱 東京 ", true),
        ("\"trim\", \"lower\"", "text", "ab c", "a bc", false),
        ("\"trim\"", "text", "Exact", "exact", false),
        ("\"digits\"", "text", "732 829 320 00074", "SIRET 73282932000074", true),
        ("\"digits\"", "bigint", "0732 829", "732829", false),
        ("\"integer\"", "bigint", "17.0", "17", true),
    ];

    [Theory]
    [InlineData("any")]
    [InlineData("cache")]
    [InlineData("auto")]
    public async Task Run_KeysOfEveryKind_AreConvertedOnBothSides(string strategy)
    {
        string[] columns = [.. s_table.Select((row, index) => $"k{index} {row.Type}")];
        StringBuilder sql = new($"create table hubspot.things (hs_object_id bigint, legacy text, name text, {string.Join(", ", columns)});");
        StringBuilder file = new("Id,Name");
        StringBuilder rows = new();
        StringBuilder lookups = new();
        for (int index = 0; index < s_table.Length; index++)
        {
            (string convert, string _, string legacy, string mirror, bool _) = s_table[index];
            file.Append(null, $",K{index}");
            sql.Append(null, $"insert into hubspot.things (hs_object_id, k{index}) values ({1000 + index}, '{mirror}');");
            rows.Append(null, $"{100 + index},N{new string(',', index + 1)}{legacy}{new string(',', s_table.Length - 1 - index)}\n");
            lookups.Append(null, $$"""
                { "kind": "lookup", "role": "fallback", "name": "f{{index}}", "confidence": 50, "strategy": "{{strategy}}",
                  "on": [{ "column": "K{{index}}", "convert": [{{convert}}], "property": "k{{index}}" }] },
                """);
        }

        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, sql.ToString());
        await world.RunAsync($"{file}\n{rows}", $"{Match()}, {lookups} {Diff}");

        Assert.Equal(
            string.Join('\n', s_table.Select((row, index) => row.Same ? $"{100 + index} f{index} {1000 + index}" : $"{100 + index}")),
            await world.LinesAsync("select concat_ws(' ', legacy_id, match_rule, hubspot_id) from staging.things order by legacy_id collate \"C\""));
    }

    [Fact]
    public async Task Run_FallbackNamedAsTheRuleOfLegacyIds_KeepsItsConfidence()
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(
            server, "create table hubspot.things (hs_object_id bigint, legacy text, name text, mail text); insert into hubspot.things values (1, '100', 'A', null), (2, null, 'B', 'b@x.fr')");
        await world.RunAsync("Id,Name,Mail\n100,A,\n101,B,B@x.fr\n", $$"""
            {{Match()}}, { "kind": "lookup", "role": "fallback", "name": "legacy-id", "confidence": 50,
              "on": [{ "column": "Mail", "convert": ["email"], "property": "mail" }] }, {{Diff}}
            """);

        Assert.Equal(
            "100 1 100.00\n101 2 50.00",
            await world.LinesAsync("select concat_ws(' ', legacy_id, hubspot_id, match_confidence) from staging.things order by legacy_id"));
    }

    // What the file says, as people and systems spell it: few bases, so that they meet.
    private static readonly Gen<string> s_noise = Gen.OneOf(
        Gen.Const(""), Gen.Const(" "), Gen.Const("\u00A0"), Gen.Const("."), Gen.Const("-"), Gen.Const("\u200B"), Gen.Const("e\u0301"), Gen.Const("É"), Gen.Const("\u212A"));

    private static readonly Gen<string> s_phone = Gen.Select(
        Gen.OneOf("+33", "0033 ", "0", "+33 (0)", "Tel: 0", "+45 ", "+376 ", "", "0045"),
        Gen.OneOf("612345678", "6 12 34 56 78", "12345678", "12 34 56 78", "123456", "6-12-34-56-78", "123 456"),
        Gen.OneOf("", " ", " ext 12", " poste 12", "#12", ";ext=12", "/13", "x12", "\u00A0"),
        (head, number, tail) => head + number + tail);

    private static readonly Gen<string> s_web = Gen.Select(
        Gen.OneOf("", "http://", "https://www.", "//", "www.", "WWW.www.", "mailto:", "<", " ", "user@", "http://u:p@", "anne@", "Anne@", "\uFEFF"),
        Gen.OneOf("acme.fr", "ACME.fr", "ac-me.fr", "étoile.fr", "E\u0301toile.fr", "www.fr", "acme.fr.", "a\u00E9.fr"),
        Gen.OneOf("", "/", "/x", ":80", ":8080/a", "?q", "#f", ">", " ", "\u00A0"),
        (head, host, tail) => head + host + tail);

    private static readonly Gen<string> s_word = Gen.Select(
        s_noise,
        Gen.OneOf("acme", "Acme", "ACME", "Société", "SOCIE\u0301TE\u0301", "ромашка", "РОМАШКА", "三菱", "ΟΔΟΣ", "οδος", "ｱ", "가", "\u1100\u1161", "ſtraße", "İx", "42", "00042"),
        s_noise,
        (before, word, after) => before + word + after);

    [Fact]
    public async Task Find_RandomSpellings_BothStrategiesFindTheSame()
    {
        // The last of each is on both sides, so that something is found.
        (string Convert, Gen<string> Values, string Found)[] kinds =
        [
            ("\"phone\"", s_phone, "+33612345678"), ("\"domain\"", s_web, "acme.fr"), ("\"url\"", s_web, "https://acme.fr/x"),
            ("\"email\"", s_web, "anne@acme.fr"), ("\"trim\", \"lower\"", s_word, "acme"), ("\"collapse\", \"upper\"", s_word, "acme"),
            ("{ \"kind\": \"normalize\", \"foldCase\": true }", s_word, "acme"), ("\"title\"", s_word, "acme"), ("\"digits\"", s_phone, "12345678"),
            ("\"trim\"", s_word, "acme"),
        ];
        foreach ((string convert, Gen<string> values, string found) in kinds)
        {
            await Gen.Select(values.Array[60], values.Array[60]).SampleAsync(
                async drawn => Assert.True(await RequireAgreementAsync(convert, [.. drawn.Item1, found], [.. drawn.Item2, found]) > 0, convert),
                iter: 3, threads: 1);
        }
    }

    [Theory]
    [InlineData("{ \"kind\": \"map\", \"values\": { \"a\": \"b\" } }")]
    [InlineData("\"html\"")]
    [InlineData("{ \"kind\": \"normalize\", \"removeAccents\": true }")]
    [InlineData("\"number\"")]
    public async Task Run_ConversionThatSqlHasNoWordFor_IsRefusedForAnyAndFoundByCache(string convert)
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, """
            create table hubspot.things (hs_object_id bigint, legacy text, name text, k text);
            insert into hubspot.things values (101, null, 'N', 'b'), (102, null, 'N', '17.0');
            """);
        string Blocks(string strategy, string more = "") => $$"""
            {{Match()}}, { "kind": "lookup", "role": "fallback", "name": "f", "strategy": "{{strategy}}",
              "on": [{ "column": "K", "convert": [{{convert}}], "property": "k" {{more}} }] }, {{Diff}}
            """;
        const string file = "Id,Name,K\n1,N,a\n2,N,b\n3,N,17\n";

        MirrorException refused = await Assert.ThrowsAsync<MirrorException>(() => world.RunAsync(file, Blocks("any")));
        Assert.Contains("Use the strategy \"cache\"", refused.Message, StringComparison.Ordinal);
        await world.RunAsync(file, Blocks("cache"));
        string byCache = await world.MatchesAsync();
        Assert.Contains(" matched 10", byCache, StringComparison.Ordinal);
        await world.RunAsync(file, Blocks("auto"));
        Assert.Equal(byCache, await world.MatchesAsync());
        await world.RunAsync(file, Blocks("any", ", \"convertMirror\": false"));
    }

    [Fact]
    public async Task Run_FallbackWithItsOwnWhere_DoesNotTakeThatOfTheMatchLookup()
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, """
            create table hubspot.things (hs_object_id bigint, legacy text, name text, email text, state text);
            insert into hubspot.things values (101, '1', 'N', 'a@x.fr', 'a'), (102, null, 'N', 'b@x.fr', 'b'), (103, null, 'N', 'c@x.fr', 'a');
            """);
        string match = Match("""
            "where": [{ "column": "state", "equals": "a" }]
            """);
        string Fallback(string where) => $$"""{ "kind": "lookup", "role": "fallback", "name": "f", {{where}} "on": [{ "column": "Email", "convert": ["email"], "property": "email" }] }""";
        const string file = "Id,Name,Email\n1,N,a@x.fr\n2,N,b@x.fr\n3,N,c@x.fr\n";

        await world.RunAsync(file, $"{match}, {Fallback("")}, {Diff}");
        Assert.Equal("1 matched 101 legacy-id 100.00\n2 unmatched 0.00\n3 matched 103 f 100.00", await world.MatchesAsync());

        await world.RunAsync(file, $$"""{{match}}, {{Fallback("\"where\": [{ \"column\": \"state\", \"equals\": \"b\" }],")}}, {{Diff}}""");
        Assert.Equal("1 matched 101 legacy-id 100.00\n2 matched 102 f 100.00\n3 unmatched 0.00", await world.MatchesAsync());
    }

    [Theory]
    [InlineData("\"phone\"", "any", "right(")]
    [InlineData("\"phone\"", "auto", null)]
    [InlineData("", "any", "\"k\"")]
    [InlineData("", "auto", null)]
    public async Task Run_FallbackOfALargeTableHasNoIndex_ReadsItOnceOrSaysWhichOneIsMissing(string convert, string strategy, string? subject)
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, """
            create table hubspot.things (hs_object_id bigint, legacy text, name text, k text);
            create index on hubspot.things (legacy);
            insert into hubspot.things select n, null, 'N', '06' || lpad(n::text, 8, '0') from generate_series(1, 12000) n;
            analyze hubspot.things;
            """);
        string blocks = $$"""
            {{Match()}}, { "kind": "lookup", "role": "fallback", "name": "f", "strategy": "{{strategy}}",
              "on": [{ "column": "K", "convert": [{{convert}}], "property": "k" }] }, {{Diff}}
            """;
        const string file = "Id,Name,K\n1,N,0600000007\n2,N,\n";

        await world.RunAsync(file, blocks);

        string[] told = [.. world.Said.Where(said => said.Contains("create index", StringComparison.Ordinal))];
        Assert.Equal(subject is null ? "cache" : "any", await StrategyAsync(world));
        Assert.Equal(subject is null ? 0 : 1, told.Length);
        Assert.All(told, said => Assert.StartsWith("things: lookup 'f' reads all of hubspot.things for every batch", said, StringComparison.Ordinal));
        Assert.All(told, said => Assert.Contains($"create index concurrently on \"hubspot\".\"things\" (({subject}".Replace("((\"", "(\"", StringComparison.Ordinal), said, StringComparison.Ordinal));

        // The statement that is proposed is all that it takes.
        world.Said.Clear();
        await world.Database.ExecuteAsync(told.Length > 0 ? told[0][told[0].IndexOf("create index", StringComparison.Ordinal)..]
            : convert.Length == 0 ? "create index on hubspot.things (k)"
            : "create index on hubspot.things ((right(regexp_replace(substring(k from '[0-9][^A-Za-z#;,]*'), '[^0-9]+', '', 'g'), 7)))");
        await world.RunAsync(file, blocks);
        Assert.Equal("any", await StrategyAsync(world));
        Assert.DoesNotContain(world.Said, said => said.Contains("create index", StringComparison.Ordinal));
        Assert.Equal("1 matched 7 f 100.00\n2 unmatched 0.00", await world.MatchesAsync());
    }

    // A partitioned table has no rows of its own; an index that holds the key behind another column is read from end to end.
    [Theory]
    [InlineData("partition by range (hs_object_id); create table hubspot.part partition of hubspot.things default", "", "analyze hubspot.part")]
    [InlineData("partition by range (hs_object_id); create table hubspot.part partition of hubspot.things default", "", "select 1")]
    [InlineData("", "create index on hubspot.things (hs_object_id) include (email)", "analyze hubspot.things")]
    public async Task Run_IndexThatIsMissing_IsToldOfEveryKindOfTable(string kind, string index, string analyze)
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, $"""
            create table hubspot.things (hs_object_id bigint, legacy text, name text, email text) {kind};
            create index on hubspot.things (legacy);
            {index};
            insert into hubspot.things select n, null, 'N', 'a' || n || '@x.fr' from generate_series(1, 20000) n;
            {analyze};
            """);
        string blocks = $"{Match()}, {EmailFallback("any")}, {Diff}";

        await world.RunAsync("Id,Name,Email\n1,N,a7@x.fr\n", blocks);

        string told = Assert.Single(world.Said, said => said.Contains("lookup 'f' reads all of hubspot.things for every batch", StringComparison.Ordinal));
        Assert.Equal("1 matched 7 f 100.00", await world.MatchesAsync());

        world.Said.Clear();
        await world.Database.ExecuteAsync(told[told.IndexOf("create index", StringComparison.Ordinal)..]);
        await world.RunAsync("Id,Name,Email\n1,N,a7@x.fr\n", blocks);
        Assert.DoesNotContain(world.Said, said => said.Contains("reads all of", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1", 100, "", "analyze hubspot.things", "any")]
    [InlineData("1 2", 100, "", "analyze hubspot.things", "cache")]
    [InlineData(null, 100, "", "analyze hubspot.things", "cache")]
    [InlineData(null, 100, "", "select 1", "cache")]
    [InlineData(null, 100, ", \"cacheBytes\": 1048576", "select 1", "any")]
    public async Task Run_AutoWithoutAnIndex_ReadsTheTableOnceForSeveralBatchesAndWithinTheBudget(
        string? ids, int batchRows, string options, string analyze, string strategy)
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, $"""
            create table hubspot.things (hs_object_id bigint, legacy text, name text, email text);
            insert into hubspot.things select n, null, 'N', 'a' || n || '@x.fr' from generate_series(1, 30000) n;
            {analyze};
            """);
        world.BatchRows = batchRows;
        world.Ids = ids?.Split(' ').ToHashSet();

        await world.RunAsync("Id,Name,Email\n1,N,a7@x.fr\n2,N,a8@x.fr\n", $"{Match()}, {EmailFallback("auto", options)}, {Diff}");

        Assert.Equal(strategy, await StrategyAsync(world));
    }

    private static string EmailFallback(string strategy, string options = "") => $$"""
        { "kind": "lookup", "role": "fallback", "name": "f", "strategy": "{{strategy}}"{{options}},
          "on": [{ "column": "Email", "convert": ["email"], "property": "email" }] }
        """;

    private static Task<string> StrategyAsync(DefinedWorld world)
        => world.LinesAsync("select lookup_strategies->'f'->>'strategy' from staging.reconciliation_log order by started_at desc limit 1");

    [Fact]
    public async Task Run_FallbackFindsNothing_IsNamed()
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, """
            create table hubspot.things (hs_object_id bigint, legacy text, name text, email text);
            insert into hubspot.things values (101, '1', 'N', 'a@x.fr');
            """);

        PipelineResult result = await world.RunAsync(
            "Id,Name,Email\n1,N,a@x.fr\n2,N,b@x.fr\n3,N,\n",
            $$"""{{Match()}}, { "kind": "lookup", "role": "fallback", "name": "by-email", "on": [{ "column": "Email", "property": "email" }] }, {{Diff}}""");

        Assert.Contains(result.Warnings, warning => warning.StartsWith("fallback 'by-email' found nothing for 1 record that no earlier lookup had found", StringComparison.Ordinal));
    }

    // What it found is in the batches that were committed before.
    [Fact]
    public async Task Resume_FallbackFoundSomethingBefore_IsNotSaidToHaveFoundNothing()
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, """
            create table hubspot.things (hs_object_id bigint, legacy text, name text, email text);
            insert into hubspot.things values (101, null, 'N', 'a1@x.fr');
            """);
        world.BatchRows = 1;
        string blocks = $$"""
            {{Match("\"parallelism\": 1")}},
            { "kind": "lookup", "role": "fallback", "name": "by-email", "on": [{ "column": "Email", "property": "email" }], "parallelism": 1 },
            { "kind": "diff", "parallelism": 1, "properties": [{ "property": "name", "column": "Name" }] }
            """;
        await world.StopHalfwayAsync("Id,Name,Email\n" + string.Concat(Enumerable.Range(1, 30).Select(n => $"{n},N,a{n}@x.fr\n")), blocks);

        PipelineResult result = await world.ResumeAsync(blocks);

        Assert.Equal((1, 29), (result.Counts.Matched, result.Counts.Unmatched));
        Assert.DoesNotContain(result.Warnings, warning => warning.Contains("found nothing", StringComparison.Ordinal));
    }

    private async Task<long> RequireAgreementAsync(string convert, string[] file, string[] mirror)
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, "create table hubspot.things (hs_object_id bigint, legacy text, name text, k text);");
        await world.Database.ExecuteAsync("insert into hubspot.things values "
            + string.Join(',', mirror.Select((value, index) => $"({1000 + index}, null, 'N', '{value}')")));

        string csv = "Id,Name,K\n" + string.Concat(file.Select((value, index) => $"{index},N,\"{value}\"\n"));
        string Blocks(string strategy) => $$"""
            {{Match()}}, { "kind": "lookup", "role": "fallback", "name": "f", "strategy": "{{strategy}}",
              "on": [{ "column": "K", "convert": [{{convert}}], "property": "k" }] }, {{Diff}}
            """;
        await world.RunAsync(csv, Blocks("any"));
        const string content = "select concat_ws(' ', legacy_id, reconciliation_status, hubspot_id, notes) from staging.things order by legacy_id collate \"C\"";
        string any = await world.LinesAsync(content);
        PipelineResult cache = await world.RunAsync(csv, Blocks("cache"));
        Assert.Equal(any, await world.LinesAsync(content));
        return cache.Counts.Matched + cache.Counts.Ambiguous;
    }
}
