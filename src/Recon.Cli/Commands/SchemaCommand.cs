using System.CommandLine;
using Recon.Cli.Hosting;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition;

namespace Recon.Cli.Commands;

/// <summary><c>recon schema</c>: the JSON Schema of definitions.</summary>
internal static class SchemaCommand
{
    private static readonly Example[] s_examples =
    [
        new("recon schema > pipeline.schema.json", "For the editor that checks pipeline.json while you type."),
    ];

    public static Command Create(CommandBinder binder)
        => binder.Bind(
            new Command("schema", "Print the JSON Schema of definition files, for editors."),
            s_examples,
            (_, invocation) =>
            {
                invocation.Text(DefinitionSchema.Generate(typeof(ReconDefinition)));
                return Task.FromResult(ExitCodes.Done);
            });
}
