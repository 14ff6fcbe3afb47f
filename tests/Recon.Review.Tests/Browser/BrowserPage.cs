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

    /// <summary>Presses a key, as somebody at the keyboard does once what was asked for is there, and lets it go.</summary>
    public async Task PressAsync(string key)
    {
        await UntilAsync("!document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling, .htmx-added')");
        string? text = key.Length == 1 ? key : key == "Enter" ? "\r" : null;
        int code = key switch { "Enter" => 13, "Escape" => 27, "ArrowLeft" => 37, "ArrowUp" => 38, "ArrowRight" => 39, "ArrowDown" => 40, _ => char.ToUpperInvariant(key[0]) };
        await browser.AskAsync("Input.dispatchKeyEvent", new { type = "keyDown", key, text, windowsVirtualKeyCode = code }, Session);
        await browser.AskAsync("Input.dispatchKeyEvent", new { type = "keyUp", key, windowsVirtualKeyCode = code }, Session);
    }

    /// <summary>Waits until an expression holds; pages may come and go meanwhile.</summary>
    public async Task UntilAsync(string expression)
    {
        for (int waits = 0; ; waits++)
        {
            try
            {
                if (await EvaluateAsync($"new Promise(done => {{ let n = 0; const look = () => {{ let is = false; try {{ is = !!({expression}); }} catch {{ }} if (is || ++n > 400) done(is); else setTimeout(look, 5); }}; look(); }})") == "true")
                {
                    return;
                }
            }
            catch (InvalidOperationException)
            {
                // The page that was asked has gone.
            }

            if (TestContext.Current.CancellationToken.IsCancellationRequested || waits == 10)
            {
                Assert.Fail($"It never came to {expression} at {await EvaluateAsync("location.href")}, but to {await EvaluateAsync($"String({expression})")}: {await EvaluateAsync("document.body.innerText")}");
            }
        }
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
