using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Recon.Sandbox.Api;
using Recon.Sandbox.Portal;
using Recon.Sandbox.Traps;

namespace Recon.Sandbox.Tests;

/// <summary>A sandbox with a few records, and a client that knows no more of HubSpot than to send JSON.</summary>
internal sealed class SandboxWorld : IAsyncDisposable
{
    public const string Token = "token-of-the-test";
    public static readonly DateTimeOffset Start = new(2026, 11, 20, 9, 0, 0, TimeSpan.Zero);

    private readonly HttpClient _client;

    private SandboxWorld(SandboxServer server, FakeTimeProvider clock)
    {
        (Server, Clock) = (server, clock);
        _client = new HttpClient { BaseAddress = server.Base };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
    }

    public SandboxServer Server { get; }

    public FakeTimeProvider Clock { get; }

    public static async Task<SandboxWorld> StartAsync(params string[] traps) => await StartAsync(options => options, traps);

    public static async Task<SandboxWorld> StartAsync(Func<SandboxOptions, SandboxOptions> change, params string[] traps)
    {
        var clock = new FakeTimeProvider(Start);
        var portal = new SandboxPortal(48_000_001, clock);
        Fill(portal);
        var options = new SandboxOptions { Portal = portal, Token = Token, Traps = [.. traps.Select(SandboxTrap.Parse)] };
        return new SandboxWorld(await SandboxServer.StartAsync(change(options), TestContext.Current.CancellationToken), clock);
    }

    public static string Objects(string version) => version == "v3" ? "/crm/v3/objects" : $"/crm/objects/{version}";

    public async Task<(HttpStatusCode Status, JsonNode Body)> PostAsync(string path, string body)
    {
        (HttpResponseMessage answer, JsonNode? json) = await SendAsync(HttpMethod.Post, path, body);
        return (answer.StatusCode, json!);
    }

    public async Task<(HttpStatusCode Status, JsonNode Body)> GetAsync(string path)
    {
        (HttpResponseMessage answer, JsonNode? json) = await SendAsync(HttpMethod.Get, path, null);
        return (answer.StatusCode, json!);
    }

    public async Task<(HttpResponseMessage Answer, JsonNode? Body)> SendAsync(HttpMethod method, string path, string? body, string? token = Token)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        _client.DefaultRequestHeaders.Authorization = request.Headers.Authorization;
        HttpResponseMessage answer = await _client.SendAsync(request);
        string text = await answer.Content.ReadAsStringAsync();
        return (answer, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    /// <summary>Updates records of companies, each with its id as trace id.</summary>
    public Task<(HttpStatusCode Status, JsonNode Body)> UpdateAsync(string version, params (string Id, string Property, string Value)[] inputs)
        => PostAsync($"{Objects(version)}/companies/batch/update", UpdateBody(inputs));

    public static string UpdateBody(params (string Id, string Property, string Value)[] inputs) => new JsonObject
    {
        ["inputs"] = new JsonArray([.. inputs.Select(input => new JsonObject
        {
            ["id"] = input.Id,
            ["objectWriteTraceId"] = $"t{input.Id}",
            ["properties"] = new JsonObject { [input.Property] = input.Value },
        })]),
    }.ToJsonString();

    public string? Value(string type, string id, string property)
        => Server.Portal.Snapshot().TryGetValue($"{type}/{id}", out SortedDictionary<string, string>? values) ? values.GetValueOrDefault(property) : null;

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Server.DisposeAsync();
    }

    private static void Fill(SandboxPortal portal)
    {
        ObjectStore companies = portal.Store("companies");
        companies.Define(new SandboxProperty("type") { Type = "enumeration", FieldType = "select", Options = ["CUSTOMER", "PROSPECT"] });
        companies.Define(new SandboxProperty("tags") { Type = "enumeration", FieldType = "checkbox", Options = ["a", "b"] });
        companies.Define(new SandboxProperty("employees") { Type = "number", FieldType = "number" });
        companies.Define(new SandboxProperty("founded") { Type = "date", FieldType = "date" });
        companies.Define(new SandboxProperty("seen_at") { Type = "datetime", FieldType = "date" });
        companies.Define(new SandboxProperty("is_public") { Type = "bool", FieldType = "booleancheckbox" });
        companies.Define(new SandboxProperty("score") { Type = "number", FieldType = "calculation_equation", IsCalculated = true });
        companies.Define(new SandboxProperty("code") { IsUnique = true, Rules = [new PropertyRule("MAX_LENGTH", ["5"])] });
        for (int id = 1; id <= 120; id++)
        {
            companies.Add(
                $"{id}",
                new Dictionary<string, string> { ["name"] = $"Company {id}", ["phone"] = $"0{id}", ["type"] = "CUSTOMER", ["code"] = $"c{id}", ["country"] = id == 2 ? "" : "FR" },
                Start.AddYears(-1),
                Start.AddDays(-30));
        }

        ObjectStore contacts = portal.Store("contacts");
        contacts.Define(new SandboxProperty("email") { IsUnique = true });
        contacts.Add("201", new Dictionary<string, string> { ["email"] = "anne@example.com", ["firstname"] = "Anne" }, Start, Start);
        contacts.Add("202", new Dictionary<string, string> { ["email"] = "luc@example.com" }, Start, Start);
    }
}
