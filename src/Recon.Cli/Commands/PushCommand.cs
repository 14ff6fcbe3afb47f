using System.CommandLine;
using System.Globalization;
using Recon.Cli.Hosting;

namespace Recon.Cli.Commands;

/// <summary><c>recon push</c>: sends what is approved of a plan to HubSpot, goes on where it stopped, or takes it back.</summary>
internal static class PushCommand
{
    private static readonly string[] s_verifications = ["sample", "all", "none"];

    private static readonly Example[] s_examples =
    [
        new("recon push 0199f3c2", "Send what is approved of a plan; asks before it does."),
        new("recon push 0199f3c2 --yes --json", "What a script calls."),
        new("recon push --resume", "Go on with the latest plan that was stopped."),
        new("recon push --undo 0199f3c2", "Put back what is still as it was written."),
        new("recon push --stop", "Stop all pushes of this staging schema, on any machine."),
    ];

    public static Command Create(CommandBinder binder)
    {
        var plan = new Argument<string?>("plan")
        {
            Description = "The plan: its id, a part of it, or \"latest\".",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var canary = new Option<int?>("--canary") { Description = "Records that are sent first and read back before all others; 0 for none. Default: as the definition says.", HelpName = "N" };
        var verify = new Option<string>("--verify") { Description = "What is read back at the end: a sample of 200 records, all or none. Default: sample.", HelpName = "sample|all|none" };
        verify.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var value }] && !s_verifications.Contains(value, StringComparer.Ordinal))
            {
                result.AddError("--verify takes sample, all or none.");
            }
        });
        canary.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var value }] && !(int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int records) && records <= 100))
            {
                result.AddError("--canary takes a number of records from 0 to 100.");
            }
        });
        var yes = new Option<bool>("--yes") { Description = "Do not ask for confirmation." };
        var resume = new Option<bool>("--resume") { Description = "Go on with a plan that was stopped; without a plan, with the latest one." };
        var undo = new Option<string>("--undo") { Description = "Put back what a plan has written, where nobody has changed it since.", HelpName = "PLAN" };
        var stop = new Option<bool>("--stop") { Description = "Ask all pushes to stop before their next call, on any machine. They can be resumed." };
        var command = new Command("push", "Send what is approved of a plan to HubSpot.") { plan, canary, verify, yes, resume, undo, stop };
        return binder.Bind(
            command,
            s_examples,
            (parse, invocation) => RunAsync(invocation, new PushArguments(
                parse.GetValue(plan),
                parse.GetValue(canary),
                parse.GetValue(verify) ?? "sample",
                parse.GetValue(yes),
                parse.GetValue(resume),
                parse.GetValue(undo),
                parse.GetValue(stop))),
            measures: true);
    }

    private static Task<int> RunAsync(Invocation invocation, PushArguments arguments)
    {
        int ways = (arguments.Resume ? 1 : 0) + (arguments.Undo is null ? 0 : 1) + (arguments.Stop ? 1 : 0);
        if (ways > 1 || (arguments.Plan is not null && (arguments.Stop || arguments.Undo is not null)))
        {
            throw new UsageException("One of these at a time: 'recon push PLAN', 'recon push --resume [PLAN]', 'recon push --undo PLAN', 'recon push --stop'.");
        }

        if (ways == 0 && arguments.Plan is null)
        {
            throw new UsageException("Which plan? 'recon push PLAN' takes its id, 'recon plan --list' shows the plans, and 'recon push --resume' goes on with the latest one that was stopped.");
        }

        return arguments.Stop ? PushStop.RunAsync(invocation) : new PushJob(invocation, arguments).RunAsync();
    }
}

/// <summary>What was asked of <c>recon push</c>.</summary>
internal sealed record PushArguments(string? Plan, int? Canary, string Verify, bool Yes, bool Resume, string? Undo, bool Stop);
