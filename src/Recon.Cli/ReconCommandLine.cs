using System.CommandLine;
using System.CommandLine.Help;
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
        InitCommand.Create,
        RunCommand.Create,
        WorkerCommand.Create,
        TopCommand.Create,
        CheckCommand.Create,
        ProfileCommand.Create,
        SetupCommand.Create,
        ClearCommand.Create,
        StatsCommand.Create,
        LogCommand.Create,
        ChangesCommand.Create,
        DiffCommand.Create,
        ShowCommand.Create,
        ExplainCommand.Create,
        ReportCommand.Create,
        ReviewCommand.Create,
        DecideCommand.Create,
        DecisionsCommand.Create,
        PlanCommand.Create,
        ApproveCommand.Create,
        PushCommand.Create,
        TuneCommand.Create,
        LoadCommand.Create,
        SqlCommand.Create,
        MappingCommand.Create,
        ExportCommand.Create,
        PortalCommand.Create,
        WorkflowCommand.Create,
        GraphCommand.Create,
        SchemaCommand.Create,
        GenerateCommand.Create,
        SandboxCommand.Create,
        ServerCommand.Create,
        CompletionCommand.Create,
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
        // By its words, as the options may be what is wrong.
        if (parse.Tokens.Zip(parse.Tokens.Skip(1)).Any(pair => pair is { First.Value: GlobalOptions.LogFormatName, Second.Value: "json" }))
        {
            context.LogAsJson();
        }

        if (ParseMessages.Of(parse) is { Count: > 0 } messages)
        {
            return Refuse(parse, messages, context);
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

    private static int Refuse(ParseResult parse, IReadOnlyList<string> messages, CliContext context)
    {
        foreach (string message in messages)
        {
            context.ErrorLine($"recon: {message}");
        }

        context.ErrorLine(parse.CommandResult.Command is RootCommand
            ? "Run 'recon --help' or 'recon COMMAND --help' for commands and options."
            : $"Run 'recon {parse.CommandResult.Command.Name} --help' for its options.");
        // The options may be what is wrong, so that the parser's word for them is not asked.
        if (parse.Tokens.Any(token => token.Value == "--json"))
        {
            context.Output.Write(ErrorDocument.Write(string.Join('\n', messages), ExitCodes.Refused));
        }

        return ExitCodes.Refused;
    }

    internal static RootCommand Create(CliContext context)
    {
        var global = new GlobalOptions();
        var binder = new CommandBinder(context, global);
        var root = new RootCommand(
            "Reconciles a legacy CRM's exports with HubSpot data mirrored in PostgreSQL and stages the differences.");
        global.AddTo(root);
        foreach (Option option in root.Options)
        {
            if (option is HelpOption { Action: HelpAction help })
            {
                option.Action = new HelpWithExamples(help, binder.ExamplesOf);
                if (!OperatingSystem.IsWindows())
                {
                    // A shell would offer them as if they were files.
                    _ = option.Aliases.Remove("/h");
                    _ = option.Aliases.Remove("/?");
                }
            }
            else if (option is VersionOption)
            {
                option.Action = new VersionAction(global);
                // It would refuse --json.
                option.Validators.Clear();
            }
        }

        foreach (Func<CommandBinder, Command> create in s_commands)
        {
            root.Add(create(binder));
        }

        return root;
    }
}
