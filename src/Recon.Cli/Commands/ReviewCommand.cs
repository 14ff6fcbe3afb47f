using System.CommandLine;
using System.Text.Json.Serialization;
using Recon.Cli.Hosting;
using Recon.Dataflow.Definition;
using Recon.Review;
using Recon.Review.Web;

namespace Recon.Cli.Commands;

/// <summary><c>recon review</c>: the published results as pages, on this machine alone.</summary>
internal static class ReviewCommand
{
    private static readonly Example[] s_examples =
    [
        new("recon review", "Opens the pages in a browser, until Ctrl-C."),
        new("recon review --read-only --mask", "For somebody who looks: nothing can be decided, and values are hidden."),
        new("recon review --no-open --port 8090", "Prints the address, such as for a tunnel to another machine: ssh -L 8090:127.0.0.1:8090 HOST."),
    ];

    public static Command Create(CommandBinder binder)
    {
        var names = CommonOptions.Pipelines();
        var port = CommonOptions.Port();
        var readOnly = new Option<bool>("--read-only") { Description = "Nothing can be decided." };
        var noOpen = new Option<bool>("--no-open") { Description = "Do not open a browser." };
        var mask = CommonOptions.Mask("Hide the values of records until somebody asks for one; what is asked for is logged.");
        Option<string> by = DecideCommand.By();
        var command = new Command("review", "Serve pages on this machine to look at the staged results and to decide, until Ctrl-C.") { names, port, readOnly, noOpen, mask, by };
        return binder.Bind(command, s_examples, (parse, invocation) => RunAsync(
            invocation, parse.GetValue(names) ?? [], parse.GetValue(port), !parse.GetValue(noOpen),
            new Wanted(parse.GetValue(readOnly), parse.GetValue(mask), parse.GetValue(by) ?? Environment.UserName)));
    }

    private static async Task<int> RunAsync(Invocation invocation, IReadOnlyList<string> names, int port, bool opens, Wanted wanted)
    {
        invocation.Context.Signals.Words = SignalWords.OfPage;
        DefinitionReading reading = invocation.ReadDefinition();
        IReadOnlyList<ValidPipeline> pipelines = Invocation.Select(reading.Definition!, names);
        CancellationToken token = invocation.Context.Signals.StopReading;
        await using ServerConnection server = await ServerConnection.OpenAsync(invocation, reading, token);
        var settings = new ReviewSettings
        {
            Reading = reading,
            Pipelines = pipelines,
            Sources = server.Sources,
            ReplaceDefinition = (before, after) => Replace(new DefinitionFile(invocation.DefinitionPath), before, after),
            Reviewer = wanted.Reviewer,
            IsReadOnly = wanted.IsReadOnly,
            IsMasked = wanted.IsMasked,
            ToolVersion = ToolVersion.Current.Text,
            Clock = invocation.Context.Clock,
            Logger = invocation.Logger,
            Stopping = token,
        };
        await using ReviewServer pages = await StartAsync(settings, port, token);
        Tell(invocation, pages, opens);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, invocation.Context.Clock, token);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C is how this command is meant to end.
        }

        return ExitCodes.Done;
    }

    private static void Tell(Invocation invocation, ReviewServer pages, bool opens)
    {
        invocation.Text(invocation.Json
            ? JsonText.Of(new ReviewDocument(pages.Address), ReviewJson.Default.ReviewDocument)
            : pages.Address + Environment.NewLine);
        invocation.Context.Output.Flush();
        invocation.Note("The page is there until Ctrl-C. The address holds a token: whoever has it, and is on this machine, sees the records.");
        if (opens && Browser.Open(pages.AddressOnce(), invocation.Context.Environment) is { } why)
        {
            invocation.Note($"No browser was opened: {why}. Open the address above.");
        }
    }

    // The page tells of a file that cannot be written.
    private static void Replace(DefinitionFile file, byte[] before, byte[] after)
    {
        try
        {
            file.Replace(before, after);
        }
        catch (UsageException exception)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    private static async Task<ReviewServer> StartAsync(ReviewSettings settings, int port, CancellationToken token)
    {
        try
        {
            return await ReviewServer.StartAsync(settings, ReviewPages.All, port, token);
        }
        catch (IOException) when (port != 0)
        {
            throw new UsageException($"Port {port} on this machine is taken, or may not be listened on. Name another one, or leave out --port for a free one.");
        }
    }

    private sealed record Wanted(bool IsReadOnly, bool IsMasked, string Reviewer);
}

/// <param name="Address">Where the page is; it holds the token.</param>
internal sealed record ReviewDocument(string Address);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ReviewDocument))]
internal sealed partial class ReviewJson : JsonSerializerContext;
