using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Recon.Review.Tests.Browser;

/// <summary>A page, and what it did.</summary>
internal sealed class BrowserPage(Browser browser, string session)
{
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<string> _complaints = [];
    private readonly ConcurrentQueue<string> _requests = [];

    public string Session { get; } = session;

    public Task Loaded => _loaded.Task;

    /// <summary>What the console shows: errors, warnings, violations of the policy.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    /// <summary>What was asked for, the page itself first.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    /// <summary>The value of an expression, as a text.</summary>
    public async Task<string> EvaluateAsync(string expression)
    {
        JsonNode answer = await browser.AskAsync("Runtime.evaluate", new { expression, awaitPromise = true, returnByValue = true }, Session);
        return answer["exceptionDetails"] is { } failure ? throw new InvalidOperationException(failure.ToJsonString()) : answer["result"]!["value"]?.ToString() ?? "";
    }

    /// <summary>A picture of its top.</summary>
    /// <param name="height">In pixels.</param>
    /// <param name="format"><c>png</c>, <c>jpeg</c> or <c>webp</c>.</param>
    public async Task<byte[]> PictureAsync(int width, int height, string format, int? quality)
    {
        JsonNode picture = await browser.AskAsync(
            "Page.captureScreenshot", new { format, quality, captureBeyondViewport = true, clip = new { x = 0, y = 0, width, height, scale = 1 } }, Session);
        return Convert.FromBase64String(picture["data"]!.GetValue<string>());
    }

    public void Take(string method, JsonNode happened)
    {
        switch (method)
        {
            case "Page.loadEventFired":
                _loaded.TrySetResult();
                break;
            case "Runtime.exceptionThrown":
                _complaints.Enqueue(happened["exceptionDetails"]!.ToJsonString());
                break;
            case "Log.entryAdded":
                _complaints.Enqueue(happened["entry"]!["text"]!.GetValue<string>());
                break;
            case "Runtime.consoleAPICalled":
                _complaints.Enqueue(happened["args"]!.ToJsonString());
                break;
            case "Network.requestWillBeSent":
                _requests.Enqueue(happened["request"]!["url"]!.GetValue<string>());
                break;
        }
    }
}
