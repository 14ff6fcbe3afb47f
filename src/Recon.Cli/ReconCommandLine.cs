using System.CommandLine;
using Recon.Cli.Commands;
using Recon.Cli.Hosting;

namespace Recon.Cli;

/// <summary>The command line of recon: the composition root that every way of calling it goes through.</summary>
internal static class ReconCommandLine
{
    // An argument that begins with @ is what it is, and no file of arguments.
    private static readonly ParserConfiguration s_parsing = new() { ResponseFileTokenReplacer = null };

    /// <summary>Runs a command inside another program, without listening to signals or looking at the terminal.</summary>
    /// <param name="cancellationToken">Stops the command as a first signal would.</param>
    public static async Task<int> InvokeAsync(
        IReadOnlyList<string> args,
        TextWriter stdout,
        TextWriter stderr,
        Func<string, string?> environment,
        CancellationToken cancellationToken)
    {
        using var context = CliContext.Of(stdout, stderr, environment, cancellationToken);
        return await InvokeAsync(args, context);
    }

    /// <summary>Runs a command.</summary>
    internal static async Task<int> InvokeAsync(IReadOnlyList<string> args, CliContext context)
    {
        ParseResult parse = Create(context).Parse(args, s_parsing);
        if (parse.Errors.Count > 0 && parse.Action is System.CommandLine.Invocation.ParseErrorAction)
        {
            foreach (string message in parse.Errors.Select(ParseMessages.Of).Distinct(StringComparer.Ordinal))
            {
                context.ErrorLine($"recon: {message}");
            }

            context.ErrorLine("'recon --help' and 'recon COMMAND --help' list what there is.");
            return ExitCodes.Refused;
        }

        var settings = new InvocationConfiguration
        {
            Output = context.Output,
            Error = context.Error,
            EnableDefaultExceptionHandler = false,
            // Signals are recon's own business: the first one ends a run in good order.
            ProcessTerminationTimeout = null,
        };
        return await parse.InvokeAsync(settings, CancellationToken.None);
    }

    private static RootCommand Create(CliContext context)
    {
        var global = new GlobalOptions();
        var binder = new CommandBinder(context, global);
        var root = new RootCommand(
            "Reconciles a legacy CRM's exports with HubSpot data mirrored in PostgreSQL, and stages what differs.");
        global.AddTo(root);
        root.Add(RunCommand.Create(binder));
        root.Add(CheckCommand.Create(binder));
        root.Add(SetupCommand.Create(binder));
        root.Add(ClearCommand.Create(binder));
        root.Add(StatsCommand.Create(binder));
        root.Add(LogCommand.Create(binder));
        root.Add(ShowCommand.Create(binder));
        root.Add(ExplainCommand.Create(binder));
        root.Add(TuneCommand.Create(binder));
        root.Add(LoadCommand.Create(binder));
        root.Add(SqlCommand.Create(binder));
        root.Add(MappingCommand.Create(binder));
        root.Add(ExportCommand.Create(binder));
        root.Add(WorkflowCommand.Create(binder));
        root.Add(GraphCommand.Create(binder));
        root.Add(SchemaCommand.Create(binder));
        root.Add(GenerateCommand.Create(binder));
        root.Add(ServerCommand.Create(binder));
        return root;
    }
}
