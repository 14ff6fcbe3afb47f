using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Recon.Dataflow;
using Recon.Dataflow.Extract;
using Recon.ObjectStorage.Tests.Support;

namespace Recon.ObjectStorage.Tests.Requests;

/// <summary>Servers that are slow, that break off, that refuse, and whose object changes.</summary>
public sealed class TroubleTests
{
    private const string Secret = "?sv=2024-11-04&sig=very-secret";
    private static readonly byte[] s_content = Storage.Bytes(100_003);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5_000)]
    public async Task Read_ConnectionThatBreaksNowAndThen_GoesOnAtTheByteThatItHadComeTo(int after)
    {
        await using ObjectServer server = await ObjectServer.StartAsync(s_content);
        using ObjectStore objects = Storage.Open(options: Storage.Options with { Ahead = 0 });
        server.Trouble = async (http, asked) =>
        {
            if (asked.IsLook || asked.Number % 2 == 0)
            {
                return false;
            }

            await server.CutAsync(http, asked, after);
            return true;
        };

        byte[] read = await ReadAsync(objects, server.Address);

        Assert.Equal(s_content, read);
        Assert.Equal(after >= 5_000, server.Requests.Any(asked => asked.From % 10_000 == 5_000));
    }

    // What brings some bytes each time gets on, however often it breaks.
    [Fact]
    public async Task Read_ConnectionThatAlwaysBreaksAfterSomeBytes_ComesToTheEnd()
    {
        await using ObjectServer server = await ObjectServer.StartAsync(s_content);
        using ObjectStore objects = Storage.Open();
        server.Trouble = async (http, asked) =>
        {
            if (asked.IsLook)
            {
                return false;
            }

            await server.CutAsync(http, asked, 6_000);
            return true;
        };

        Assert.Equal(s_content, await ReadAsync(objects, server.Address));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    [InlineData(429)]
    [InlineData(408)]
    public async Task Read_ServerThatIsOverloadedForAWhile_IsAskedAgain(int status)
    {
        await using ObjectServer server = await ObjectServer.StartAsync(s_content);
        using ObjectStore objects = Storage.Open(options: Storage.Options with { Ahead = 0 });
        server.Trouble = (http, asked) =>
        {
            http.Response.StatusCode = status;
            http.Response.Headers.RetryAfter = "0";
            return Task.FromResult(asked.Number % 2 == 1);
        };

        Assert.Equal(s_content, await ReadAsync(objects, server.Address));
    }

    [Fact]
    public async Task Find_ServerThatStaysOverloaded_IsGivenUpAfterAllTries()
    {
        await using ObjectServer server = await ObjectServer.StartAsync(s_content);
        using ObjectStore objects = Storage.Open();
        server.Trouble = Answer(503);

        InputUnavailableException gone = await Assert.ThrowsAsync<InputUnavailableException>(() => objects.FindAsync(server.Address + Secret).AsTask());

        Assert.Equal(3, server.Requests.Count);
        Assert.Contains("answered 503, at each of 3 tries", gone.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", gone.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_ServerThatAsksForALongWait_IsNotWaitedFor()
    {
        await using ObjectServer server = await ObjectServer.StartAsync(s_content);
        using ObjectStore objects = Storage.Open();
        server.Trouble = (http, _) =>
        {
            http.Response.Headers.RetryAfter = "3600";
            http.Response.StatusCode = 429;
            return Task.FromResult(true);
        };

        InputUnavailableException gone = await Assert.ThrowsAsync<InputUnavailableException>(() => objects.FindAsync(server.Address).AsTask());

        Assert.Single(server.Requests);
        Assert.Contains("left alone for 3600 s, longer than the 60 s", gone.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_NobodyListens_IsToldAsSuch()
    {
        ObjectServer server = await ObjectServer.StartAsync(s_content);
        string address = server.Address;
        await server.DisposeAsync();
        using ObjectStore objects = Storage.Open();

        InputUnavailableException gone = await Assert.ThrowsAsync<InputUnavailableException>(() => objects.FindAsync(address + Secret).AsTask());

        Assert.Contains("could not be connected to", gone.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", gone.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_ServerThatIsSilent_IsGivenUp()
    {
        await using ObjectServer server = await ObjectServer.StartAsync(s_content);
        FakeTimeProvider clock = new();
        using ObjectStore objects = Storage.Open(options: Storage.Options with { Tries = 1 }, clock: clock);
        server.Trouble = async (http, _) =>
        {
            TaskCompletionSource gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
            http.RequestAborted.Register(gone.SetResult);
            clock.Advance(TimeSpan.FromSeconds(31));
            await gone.Task;
            return true;
        };

        InputUnavailableException silent = await Assert.ThrowsAsync<InputUnavailableException>(() => objects.FindAsync(server.Address).AsTask());

        Assert.Contains("sent nothing for 30 s", silent.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_ServerThatSendsLittleAtATime_IsReadToTheEnd()
    {
        await using ObjectServer server = await ObjectServer.StartAsync(s_content);
        using ObjectStore objects = Storage.Open();
        server.Piece = 100;

        Assert.Equal(s_content, await ReadAsync(objects, server.Address));
    }

    [Theory]
    [InlineData(true, "it has another ETag")]
    [InlineData(false, "its ETag was \"one\", now \"two\"")]
    public async Task Read_ObjectThatIsOverwritten_IsRefusedAsMixed(bool knowsIfMatch, string says)
    {
        await using ObjectServer server = await ObjectServer.StartAsync(s_content);
        using ObjectStore objects = Storage.Open();
        server.KnowsIfMatch = knowsIfMatch;
        server.Trouble = (_, asked) =>
        {
            server.EntityTag = asked.From >= 30_000 ? "\"two\"" : server.EntityTag;
            return Task.FromResult(false);
        };

        InputException changed = await Assert.ThrowsAsync<InputException>(() => ReadAsync(objects, server.Address + Secret));

        Assert.True(changed.IsMixed);
        Assert.Contains($"{server.Address} changed while it was read ({says})", changed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", changed.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_ObjectThatGetsShorter_IsRefusedAsMixed()
    {
        await using ObjectServer server = await ObjectServer.StartAsync(s_content);
        using ObjectStore objects = Storage.Open();
        server.Trouble = (_, asked) =>
        {
            server.Content = asked.From > 0 ? s_content[..20] : s_content;
            return Task.FromResult(false);
        };

        Assert.True((await Assert.ThrowsAsync<InputException>(() => ReadAsync(objects, server.Address))).IsMixed);
    }

    [Theory]
    [InlineData(404, "does not exist")]
    [InlineData(403, "has expired, or does not allow")]
    [InlineData(401, "may not be read")]
    [InlineData(400, "refused the request")]
    [InlineData(307, "Redirects are not followed")]
    [InlineData(418, "answered 418")]
    public async Task Find_AnswerThatIsARefusal_SaysWhatToDoWithoutTheSignature(int status, string says)
    {
        await using ObjectServer server = await ObjectServer.StartAsync(s_content);
        using ObjectStore objects = Storage.Open();
        server.Trouble = Answer(status);

        InputException refused = await Assert.ThrowsAsync<InputException>(() => objects.FindAsync(server.Address + Secret).AsTask());

        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        Assert.StartsWith(server.Address, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refused.ToString(), StringComparison.Ordinal);
        Assert.Equal(Secret, Assert.Single(server.Requests).Query);
    }

    [Theory]
    [InlineData("<Error><Code>SignatureDoesNotMatch</Code></Error>", "(127.0.0.1:PORT answered 403 SignatureDoesNotMatch). Check AWS_ACCESS_KEY_ID")]
    [InlineData("<Error><Code>RequestTimeTooSkewed</Code></Error>", "Set the clock")]
    [InlineData("<Error><Code><script></Code></Error>", "(127.0.0.1:PORT answered 403). The key of AWS_ACCESS_KEY_ID needs s3:GetObject")]
    [InlineData("", "needs s3:GetObject")]
    public async Task Find_RefusalOfS3_SaysWhatItsCodeMeans(string body, string says)
    {
        await using ObjectServer server = await ObjectServer.StartAsync(s_content);
        using ObjectStore objects = Storage.Open(new() { ["AWS_ACCESS_KEY_ID"] = "a", ["AWS_SECRET_ACCESS_KEY"] = "b", ["AWS_ENDPOINT_URL"] = server.Base });
        server.Trouble = async (http, _) =>
        {
            http.Response.StatusCode = 403;
            await http.Response.WriteAsync(body);
            return true;
        };

        InputException refused = await Assert.ThrowsAsync<InputException>(() => objects.FindAsync("s3://bucket/exports/things.csv").AsTask());

        Assert.Contains(says.Replace("127.0.0.1:PORT", new Uri(server.Base).Authority, StringComparison.Ordinal), refused.Message, StringComparison.Ordinal);
        Assert.Equal("/bucket/exports/things.csv", Assert.Single(server.Requests).Path);
    }

    [Fact]
    public async Task Find_ServerWithoutRanges_IsRefused()
    {
        await using ObjectServer server = await ObjectServer.StartAsync(s_content);
        using ObjectStore objects = Storage.Open();
        server.Trouble = async (http, _) =>
        {
            http.Response.Headers.ETag = "\"one\"";
            await http.Response.Body.WriteAsync(s_content);
            return true;
        };

        InputException refused = await Assert.ThrowsAsync<InputException>(() => objects.FindAsync(server.Address).AsTask());

        Assert.Contains("does not know range requests", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "gives it no ETag")]
    [InlineData("W/\"one\"", "a weak ETag (W/\"one\")")]
    public async Task Find_ObjectWhoseChangesNobodyCouldSee_IsRefused(string? entityTag, string says)
    {
        await using ObjectServer server = await ObjectServer.StartAsync(s_content);
        using ObjectStore objects = Storage.Open();
        server.EntityTag = entityTag;

        InputException refused = await Assert.ThrowsAsync<InputException>(() => objects.FindAsync(server.Address).AsTask());

        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
    }

    private static Func<HttpContext, Asked, Task<bool>> Answer(int status) => (http, _) =>
    {
        http.Response.StatusCode = status;
        http.Response.Headers.Location = "https://elsewhere.test/?sig=very-secret";
        return Task.FromResult(true);
    };

    private static async Task<byte[]> ReadAsync(IObjectStore objects, string address)
    {
        await using Stream stream = (await objects.FindAsync(address)).OpenRead();
        return await stream.ReadAllAsync();
    }
}
