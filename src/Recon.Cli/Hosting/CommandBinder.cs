using System.CommandLine;
using Recon.Postgres.Faults;

namespace Recon.Cli.Hosting;

/// <summary>Binds a command's body, so that every failure ends as one message and an exit code.</summary>
internal sealed class CommandBinder(CliContext context, GlobalOptions global)
{
    public Command Bind(Command command, Func<ParseResult, Invocation, Task<int>> body)
    {
        command.SetAction(async (parse, _) =>
        {
            var invocation = new Invocation(context, global, parse);
            try
            {
                return await body(parse, invocation);
            }
            catch (OperationCanceledException) when (context.Signals.ExitCode is not null)
            {
                return context.Signals.ExitCode.Value;
            }
#pragma warning disable CA1031 // The one place where a failure becomes a message and an exit code.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                var fault = CliFault.Of(exception, invocation.Server, FaultPhase.Command);
                invocation.Failure(fault, exception);
                return fault.ExitCode;
            }
        });
        return command;
    }
}
