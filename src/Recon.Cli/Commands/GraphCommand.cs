using System.CommandLine;
using System.Text.Json.Serialization;
using Recon.Cli.Hosting;
using Recon.Dataflow.Topology;

namespace Recon.Cli.Commands;

/// <summary><c>recon graph</c>: the wired graph as Mermaid.</summary>
internal static class GraphCommand
{
    private static readonly Example[] s_examples =
    [
        new("recon graph companies > graph.mmd", "A diagram for Mermaid."),
    ];

    public static Command Create(CommandBinder binder)
    {
        var name = new Argument<string?>("pipeline") { Description = "The pipeline. Default: all.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("graph", "Print the graph of blocks as a Mermaid diagram, with capacity and parallelism of each.") { name };
        return binder.Bind(command, s_examples, (parse, invocation) =>
        {
            var definition = invocation.ReadDefinition().Definition!;
            string text = MermaidGraph.Draw(Invocation.Select(definition, parse.GetValue(name) is { } one ? [one] : []));
            invocation.Text(invocation.Json ? JsonText.Of(new GraphDocument(text), GraphJson.Default.GraphDocument) : text);
            return Task.FromResult(ExitCodes.Done);
        });
    }
}

internal sealed record GraphDocument(string Mermaid);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(GraphDocument))]
internal sealed partial class GraphJson : JsonSerializerContext;
