using System.CommandLine;
using Recon.Cli.Commands;
using Recon.Cli.Hosting;

namespace Recon.Cli;

/// <summary>The command line of recon: the composition root that every way of calling it goes through.</summary>
internal static class ReconCommandLine
{
    // An argument that begins with @ is what it is, and no file of arguments.
    private static readonly ParserConfiguration s_parsing = new() { ResponseFileTokenReplacer = null };

    // Every command, in the order in which help lists them. Nothing else names them all.
    private static readonly Func<CommandBinder, Command>[] s_commands =
    [
        RunCommand.Create,
        CheckCommand.Create,
        SetupCommand.Create,
        ClearCommand.Create,
        StatsCommand.Create,
        LogCommand.Create,
        ChangesCommand.Create,
        ShowCommand.Create,
        ExplainCommand.Create,
        TuneCommand.Create,
        LoadCommand.Create,
        SqlCommand.Create,
        MappingCommand.Create,
        ExportCommand.Create,
        WorkflowCommand.Create,
        GraphCommand.Create,
        SchemaCommand.Create,
        GenerateCommand.Create,
        ServerCommand.Create,
    ];

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

    internal static async Task<int> InvokeAsync(IReadOnlyList<string> args, CliContext context)
    {
        ParseResult parse = Create(context).Parse(args, s_parsing);
        if (parse.Errors.Count > 0 && parse.Action is System.CommandLine.Invocation.ParseErrorAction)
        {
            foreach (string message in ParseMessages.Of(parse))
            {
                context.ErrorLine($"recon: {message}");
            }

            context.ErrorLine("Run 'recon --help' or 'recon COMMAND --help' for commands and options.");
            return ExitCodes.Refused;
        }

        var settings = new InvocationConfiguration
        {
            Output = context.Output,
            Error = context.Error,
            EnableDefaultExceptionHandler = false,
            // recon handles signals itself: the first one lets a run finish the batches in flight.
            ProcessTerminationTimeout = null,
        };
        return await parse.InvokeAsync(settings, CancellationToken.None);
    }

    internal static RootCommand Create(CliContext context)
    {
        var global = new GlobalOptions();
        var binder = new CommandBinder(context, global);
        var root = new RootCommand(
            "Reconciles a legacy CRM's exports with HubSpot data mirrored in PostgreSQL and stages the differences.");
        global.AddTo(root);
        foreach (Func<CommandBinder, Command> create in s_commands)
        {
            root.Add(create(binder));
        }

        return root;
    }
}
