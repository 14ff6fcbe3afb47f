using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using Recon.Cli.Hosting;
using Recon.Testing;

namespace Recon.Cli.Tests.Docs;

/// <summary>The files for schedulers, and the page about them, call recon as it can be called and know its exit codes.</summary>
public sealed partial class SchedulingTests
{
    // docs/operations.md: within 30 seconds of the first signal.
    private const int LongestStop = 30;

    // Trying again gives the same result, or another run is at work.
    private static readonly int[] s_final = [ExitCodes.Unexpected, ExitCodes.Refused, ExitCodes.TooManyRejects, ExitCodes.Held];

    [Theory]
    [InlineData("docs/scheduling.md", 4)]
    [InlineData("deploy/systemd/recon.service", 1)]
    public async Task Calls_OfRecon_CanBeParsed(string file, int atLeast)
    {
        string[] calls = [.. Call().Matches(await ReadAsync(file)).Select(match => match.Groups["call"].Value)];

        Assert.True(calls.Length >= atLeast, string.Join('\n', calls));
        Assert.All(calls, AssertParses);
    }

    [Fact]
    public async Task Kubernetes_ArgumentsAndExitCodes_AreRecons()
    {
        string text = await ReadAsync("deploy/k8s/cronjob.yaml");

        AssertParses($"recon {string.Join(' ', Words().Matches(Arguments().Match(text).Groups["args"].Value).Select(match => match.Groups["word"].Value))}");
        Assert.Equal(s_final, Numbers(ForbiddenCodes().Match(text).Groups["codes"].Value));
        Assert.True(SecondsAfter(text, "terminationGracePeriodSeconds: ") > LongestStop);
    }

    [Fact]
    public async Task Systemd_ExitCodesAndPatience_AreRecons()
    {
        string text = await ReadAsync("deploy/systemd/recon.service");

        Assert.Equal(s_final, Numbers(RestartCodes().Match(text).Groups["codes"].Value));
        Assert.True(SecondsAfter(text, "TimeoutStopSec=") > LongestStop);
    }

    private static void AssertParses(string call)
    {
        using var context = CliContext.Of(TextWriter.Null, TextWriter.Null, _ => null, CancellationToken.None);
        ParseResult parse = ReconCommandLine.Create(context).Parse(call["recon ".Length..]);
        Assert.Empty(ParseMessages.Of(parse));
        Assert.IsNotType<RootCommand>(parse.CommandResult.Command);
    }

    private static int SecondsAfter(string text, string key)
        => int.Parse(Digits().Match(text, text.IndexOf(key, StringComparison.Ordinal)).Value, CultureInfo.InvariantCulture);

    private static int[] Numbers(string text)
        => [.. Digits().Matches(text).Select(match => int.Parse(match.Value, CultureInfo.InvariantCulture))];

    private static Task<string> ReadAsync(string file)
        => File.ReadAllTextAsync(Path.Combine(Repository.Root, file), TestContext.Current.CancellationToken);

    [GeneratedRegex(@"(?<call>\brecon (run|log|check)\b[^`|>&\n]*)")]
    private static partial Regex Call();

    [GeneratedRegex(@"args: \[(?<args>[^\]]*)\]")]
    private static partial Regex Arguments();

    [GeneratedRegex(@"""(?<word>[^""]*)""")]
    private static partial Regex Words();

    [GeneratedRegex(@"operator: In\s+values: \[(?<codes>[^\]]*)\]")]
    private static partial Regex ForbiddenCodes();

    [GeneratedRegex(@"RestartPreventExitStatus=(?<codes>.*)")]
    private static partial Regex RestartCodes();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Digits();
}
