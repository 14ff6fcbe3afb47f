using System.Net;
using System.Text.RegularExpressions;
using Npgsql;
using Recon.Postgres.Connections;
using Recon.Review.Tests.Judging;
using Recon.Review.Web;
using Recon.Testing;

namespace Recon.Review.Tests.Web;

/// <summary>What lists and forms answer to a browser that runs no script.</summary>
public sealed class RecordsServerTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Search_ThatTakesTooLong_IsToldInASentence_OnThePageAndInItsFacets()
    {
        await using JudgeWorld world = await JudgeWorld.CreateAsync(server);
        await world.RunAsync();
        await using ReconDataSources impatient = ReconDataSources.ForConnectionString(
            world.Database.ConnectionString, new DataSourceOptions { ReviewTimeout = TimeSpan.FromMilliseconds(400) });
        await using ReviewServer pages = await world.ServeAsync(sources: impatient);
        using HttpClient client = await EnterAsync(pages);
        await using var locking = new NpgsqlConnection(world.Database.ConnectionString);
        await locking.OpenAsync(Token);
        await using NpgsqlTransaction held = await locking.BeginTransactionAsync(Token);
        await using (var command = new NpgsqlCommand("lock table staging.people in access exclusive mode", locking, held))
        {
            await command.ExecuteNonQueryAsync(Token);
        }

        string list = await client.GetStringAsync(new Uri(Root(pages), "records?q=changed"), Token);
        string facets = await client.GetStringAsync(new Uri(Root(pages), "records/facets?q=changed"), Token);

        Assert.Contains("has not answered within 0.4 seconds, so that the question was given up", list, StringComparison.Ordinal);
        Assert.Contains("value=\"changed\"", list, StringComparison.Ordinal);
        Assert.Contains("Not counted.", facets, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Form_SentWithoutScript_DecidesOnceAndLeadsToAPageThatCanBeLoadedAgain()
    {
        await using JudgeWorld world = await JudgeWorld.CreateAsync(server);
        await world.RunAsync();
        await using ReviewServer pages = await world.ServeAsync();
        using HttpClient client = await EnterAsync(pages);
        string page = await client.GetStringAsync(new Uri(Root(pages), "judge?status=unmatched"), Token);
        string form = Regex.Match(page, "<form[^>]*action=\"/judge/decide\".*?</form>", RegexOptions.Singleline).Value;
        IEnumerable<KeyValuePair<string, string>> hidden = Regex.Matches(form, "<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")
            .Select(field => KeyValuePair.Create(field.Groups[1].Value, WebUtility.HtmlDecode(field.Groups[2].Value)));
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Root(pages), "judge/decide"))
        {
            Content = new FormUrlEncodedContent([.. hidden, KeyValuePair.Create("decision", "no-match")]),
        };
        request.Headers.Add("Sec-Fetch-Site", "same-origin");

        using HttpResponseMessage answer = await client.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Contains("is decided", await client.GetStringAsync(new Uri(Root(pages), answer.Headers.Location!), Token), StringComparison.Ordinal);
        Assert.Equal(1, await world.CountAsync("select count(*) from staging.reconciliation_decisions where decision = 'no-match'"));
        foreach (string path in (string[])["judge", "unmapped", "judge?status=conflict"])
        {
            string shown = await client.GetStringAsync(new Uri(Root(pages), path), Token);
            Assert.Equal(Regex.Count(shown, "method=\"post\""), Regex.Count(shown, "name=\"form-token\""));
            Assert.NotEqual(0, Regex.Count(shown, "name=\"form-token\""));
        }
    }

    private static async Task<HttpClient> EnterAsync(ReviewServer pages)
    {
        var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() });
        using HttpResponseMessage answer = await client.GetAsync(new Uri(pages.Address), Token);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        return client;
    }

    private static Uri Root(ReviewServer pages) => new(pages.Address.Split('?')[0]);
}
