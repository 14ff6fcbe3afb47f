using System.Net;
using System.Text.RegularExpressions;
using Recon.Review.Web;
using Recon.Testing;

namespace Recon.Review.Tests.Judging;

/// <summary>What is decided, said and written through the pages, and what is refused.</summary>
public sealed class JudgeServerTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Judge_RowsThatDisagree_TheChosenOneCounts_AndARuleDecidesTheOthers()
    {
        await using JudgeWorld world = await JudgeWorld.CreateAsync(server);
        await world.RunAsync();
        await using ReviewServer pages = await world.ServeAsync();
        using Visitor visitor = await Visitor.EnterAsync(pages);
        string page = await visitor.GetAsync("judge?status=conflict");
        Assert.Contains("changed", page, StringComparison.Ordinal);

        string told = await visitor.PostFormAsync(page, "judge/decide", ("decision", Field(page, "decision", "keep-row 1")));

        Assert.Contains("is decided", told, StringComparison.Ordinal);
        Assert.Equal(1, await world.CountAsync("select count(*) from staging.reconciliation_decisions where decision = 'keep-row' and evidence -> 'seen' ->> 'by' = 'record'"));
        Assert.Equal("changed 66", await world.Database.QueryValueAsync<string>("select legacy_name from staging.people where legacy_id = '66'"));

        string preview = await visitor.GetAsync("judge/alike?status=conflict&at=67&alike=latest%3AChanged");
        Assert.Contains("the rule decides <b>4</b>", preview, StringComparison.Ordinal);
        Assert.Contains("4 records decided by the rule", await visitor.PostFormAsync(preview, "judge/alike/apply"), StringComparison.Ordinal);
        Assert.Equal(4, await world.CountAsync("select count(*) from staging.reconciliation_decisions where evidence -> 'seen' ->> 'rule' like '%latest or greatest Changed%' and note like 'by rule:%'"));
        Assert.Equal(5, await world.CountAsync("select count(*) from staging.people where legacy_name like 'changed %' and reconciliation_status <> 'conflict'"));
    }

    [Fact]
    public async Task Judge_OneCandidateAgreesInAProperty_TheRuleDecidesThose()
    {
        await using JudgeWorld world = await JudgeWorld.CreateAsync(server);
        await world.RunAsync();
        await using ReviewServer pages = await world.ServeAsync();
        using Visitor visitor = await Visitor.EnterAsync(pages);

        Assert.Contains("the one candidate that agrees in city", await visitor.GetAsync("judge/alike?status=ambiguous&at=2"), StringComparison.Ordinal);
        string preview = await visitor.GetAsync("judge/alike?status=ambiguous&at=2&alike=property%3Acity");
        Assert.Contains("the rule decides <b>25</b>; 25 stay", preview, StringComparison.Ordinal);
        Assert.Contains("25 records decided", await visitor.PostFormAsync(preview, "judge/alike/apply"), StringComparison.Ordinal);

        Assert.Equal(25, await world.CountAsync("select count(*) from staging.people where match_rule = 'decision' and hubspot_id = 1000 + legacy_id::int and legacy_id::int % 2 = 0"));
        Assert.Equal(25, await world.CountAsync("select count(*) from staging.people where reconciliation_status = 'ambiguous'"));
        Assert.Equal(25, await world.CountAsync("select count(*) from staging.reconciliation_decisions where jsonb_array_length(evidence -> 'seen' -> 'candidates') = 2"));
    }

    [Fact]
    public async Task Judge_AHubspotRecordByItsId_IsChosen_AndOneThatIsGoneOrChangedIsNot()
    {
        await using JudgeWorld world = await JudgeWorld.CreateAsync(server);
        await world.RunAsync();
        await using ReviewServer pages = await world.ServeAsync();
        using Visitor visitor = await Visitor.EnterAsync(pages);
        string page = await visitor.GetAsync("judge?status=unmatched&at=61&try=7777");
        Assert.Contains("Found by hand", page, StringComparison.Ordinal);
        Assert.Contains("is not in hubspot.people", await visitor.GetAsync("judge?status=unmatched&at=61&try=1"), StringComparison.Ordinal);

        await world.Database.ExecuteAsync("update hubspot.people set name = 'changed meanwhile' where hs_object_id = 7777");
        Assert.Contains("has changed since", await visitor.PostFormAsync(page, "judge/decide", ("decision", "match 7777")), StringComparison.Ordinal);
        Assert.Contains("is not in hubspot.people", await visitor.PostFormAsync(page, "judge/decide", ("decision", "match 8888")), StringComparison.Ordinal);
        Assert.Equal(0, await world.CountAsync("select count(*) from staging.reconciliation_decisions"));

        page = await visitor.GetAsync("judge?status=unmatched&at=61&try=7777");
        string decided = await visitor.PostFormAsync(page, "judge/decide", ("decision", "match 7777"), ("note", "told on the telephone"));
        Assert.Contains("is decided", decided, StringComparison.Ordinal);
        Assert.Equal(1, await world.CountAsync("select count(*) from staging.people where legacy_id = '61' and hubspot_id = 7777 and match_rule = 'decision'"));
        Assert.Equal("told on the telephone", await world.Database.QueryValueAsync<string>("select note from staging.reconciliation_decisions"));
        Assert.Contains("is another one now", await visitor.PostFormAsync(page, "judge/undo"), StringComparison.Ordinal);
        Assert.Contains("undone", await visitor.PostFormAsync(decided, "judge/undo"), StringComparison.Ordinal);
        Assert.Equal(0, await world.CountAsync("select count(*) from staging.people where hubspot_id = 7777"));
    }

    [Fact]
    public async Task Judge_SomebodyElseDecidedMeanwhile_IsToldAndNothingIsOverwritten()
    {
        await using JudgeWorld world = await JudgeWorld.CreateAsync(server);
        await world.RunAsync();
        await using ReviewServer pages = await world.ServeAsync();
        using Visitor visitor = await Visitor.EnterAsync(pages);
        string first = await visitor.GetAsync("judge?status=ambiguous");
        string second = await visitor.GetAsync("judge?status=ambiguous");

        string after = await visitor.PostFormAsync(first, "judge/decide", ("decision", "match 1001"));
        Assert.Contains("Ada has decided about this record", await visitor.PostFormAsync(second, "judge/decide", ("decision", "match 2001")), StringComparison.Ordinal);
        Assert.Equal(1001, await world.CountAsync("select hubspot_id from staging.reconciliation_decisions where legacy_id = '1'"));

        // The undo that is shown is of the decision that was shown.
        Assert.Contains("is decided", await visitor.PostFormAsync(after, "judge/decide", ("decision", "no-match")), StringComparison.Ordinal);
        Assert.Contains("undone", await visitor.PostFormAsync(after, "judge/undo"), StringComparison.Ordinal);
        Assert.Equal(1, await world.CountAsync("select count(*) from staging.reconciliation_decisions where legacy_id <> '1'"));
    }

    [Fact]
    public async Task Pages_ReadOnlyOrMasked_DecideNothingOrShowNoValue()
    {
        await using JudgeWorld world = await JudgeWorld.CreateAsync(server);
        await world.RunAsync();
        await using ReviewServer pages = await world.ServeAsync(readOnly: true, masked: true);
        using Visitor visitor = await Visitor.EnterAsync(pages);
        foreach (string path in (string[])["judge?status=ambiguous", "judge?status=conflict", "judge?status=unmatched", "unmapped", "audit", "audit/sample?pipeline=people&status=matched&rule=legacy-id&confidence=100"])
        {
            string page = await visitor.GetAsync(path);
            Assert.DoesNotContain("name=\"decision\"", page, StringComparison.Ordinal);
            Assert.DoesNotContain("name 1", page, StringComparison.Ordinal);
            Assert.DoesNotContain("Lille", page, StringComparison.Ordinal);
            Assert.DoesNotContain("Clent", page, StringComparison.Ordinal);
        }

        foreach (string path in (string[])["judge/decide", "judge/undo", "judge/alike/apply", "audit/say", "audit/undo", "unmapped/write"])
        {
            Assert.Equal(HttpStatusCode.Forbidden, await visitor.StatusOfAsync(path, ("state", "pipeline=people&status=ambiguous"), ("id", "1"), ("decision", "match 1001")));
        }
    }

    [Fact]
    public async Task Audit_SomeOfASample_AreKept_AndSayHowManyCanBeWrong()
    {
        await using JudgeWorld world = await JudgeWorld.CreateAsync(server);
        await world.RunAsync();
        HashSet<string> seen = [];
        const string Sample = "audit/sample?pipeline=people&status=matched&rule=legacy-id&confidence=100";
        for (int visit = 0; visit < 2; visit++)
        {
            await using ReviewServer pages = await world.ServeAsync();
            using Visitor visitor = await Visitor.EnterAsync(pages);
            string page = await visitor.GetAsync(Sample);
            for (int judged = 0; judged < 3; judged++)
            {
                Assert.True(seen.Add(Field(page, "id", "")));
                page = await visitor.PostFormAsync(page, "audit/say", ("verdict", visit == 1 && judged == 0 ? "wrong" : "right"));
            }
        }

        await using ReviewServer last = await world.ServeAsync();
        using Visitor again = await Visitor.EnterAsync(last);
        string shown = await again.GetAsync(Sample);
        Assert.Contains("6 judged of 10", shown, StringComparison.Ordinal);
        Assert.Contains("at most 50.3 % wrong with 95 % confidence", shown, StringComparison.Ordinal);
        Assert.Contains("is undone", await again.PostFormAsync(shown, "audit/undo"), StringComparison.Ordinal);
        Assert.Equal(5, await world.CountAsync("select count(*) from staging.reconciliation_audit where judged_by = 'Ada'"));
        Assert.Contains("at most", await again.GetAsync("audit"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unmapped_OptionChosen_IsWrittenIntoTheDefinition_AndUsedByTheNextRun()
    {
        await using JudgeWorld world = await JudgeWorld.CreateAsync(server);
        await world.RunAsync();
        await using ReviewServer pages = await world.ServeAsync();
        using Visitor visitor = await Visitor.EnterAsync(pages);
        string page = await visitor.GetAsync("unmapped");
        Assert.Contains("Clent", page, StringComparison.Ordinal);
        Assert.Contains("Client (nearest)", page, StringComparison.Ordinal);
        Assert.Contains("&quot;Clent&quot;: &quot;Client&quot;,", page, StringComparison.Ordinal);

        Assert.Contains("Nothing was chosen", await visitor.PostFormAsync(page, "unmapped/write", ("option", "")), StringComparison.Ordinal);
        Assert.Contains("Nothing was chosen", await visitor.PostFormAsync(page, "unmapped/write", ("option", "\"}, evil")), StringComparison.Ordinal);
        Assert.Contains("1 value written", await visitor.PostFormAsync(page, "unmapped/write", ("option", "Client")), StringComparison.Ordinal);

        string text = await File.ReadAllTextAsync(world.DefinitionPath, Token);
        Assert.Contains("\"Supplier\": \"Supplier\", \"Clent\": \"Client\" }", text, StringComparison.Ordinal);
        Assert.Contains("// Kept by whoever writes into it.", text, StringComparison.Ordinal);
        await world.RunAsync();
        Assert.Equal(0, await world.CountAsync("select count(*) from staging.people where notes like '%unmapped%'"));
    }

    private static string Field(string page, string name, string start)
        => Regex.Match(page, $"name=\"{name}\" value=\"({Regex.Escape(start)}[^\"]*)\"").Groups[1].Value;

    /// <summary>A browser without a window: it keeps the cookie, and sends forms as the page has them.</summary>
    private sealed class Visitor(HttpClient client, Uri root) : IDisposable
    {
        private string _formToken = "";

        public static async Task<Visitor> EnterAsync(ReviewServer pages)
        {
            var client = new HttpClient(new HttpClientHandler { CookieContainer = new CookieContainer() });
            var visitor = new Visitor(client, new Uri(pages.Address.Split('?')[0]));
            string page = await client.GetStringAsync(new Uri(pages.Address), Token);
            visitor._formToken = Regex.Match(page, "X-Recon-Form&quot;:&quot;([0-9a-f]+)").Groups[1].Value;
            return visitor;
        }

        public Task<string> GetAsync(string path) => client.GetStringAsync(new Uri(root, path), Token);

        /// <summary>Sends the hidden fields of a form, and others.</summary>
        public async Task<string> PostFormAsync(string page, string path, params (string Name, string Value)[] fields)
        {
            string form = Regex.Match(page, $"<form[^>]*action=\"/{path}\".*?</form>", RegexOptions.Singleline).Value;
            IEnumerable<(string, string)> hidden = Regex.Matches(form.Length > 0 ? form : page, "<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")
                .Select(field => (field.Groups[1].Value, WebUtility.HtmlDecode(field.Groups[2].Value)));
            using HttpResponseMessage answer = await SendAsync(path, [.. hidden, .. fields]);
            string text = await answer.Content.ReadAsStringAsync(Token);
            Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}: {text}");
            return text;
        }

        public async Task<HttpStatusCode> StatusOfAsync(string path, params (string Name, string Value)[] fields)
        {
            using HttpResponseMessage answer = await SendAsync(path, fields);
            return answer.StatusCode;
        }

        public void Dispose() => client.Dispose();

        private async Task<HttpResponseMessage> SendAsync(string path, IEnumerable<(string Name, string Value)> fields)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(root, path));
            request.Headers.Add("X-Recon-Form", _formToken);
            request.Headers.Add("Sec-Fetch-Site", "same-origin");
            request.Headers.Add("HX-Request", "true");
            request.Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
            return await client.SendAsync(request, Token);
        }
    }
}
