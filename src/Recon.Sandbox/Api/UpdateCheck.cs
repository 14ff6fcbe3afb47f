using Recon.Sandbox.Portal;
using Recon.Sandbox.Traps;

namespace Recon.Sandbox.Api;

/// <summary>What is wrong with one input of a batch update, by the properties of its type and by the traps that are set.</summary>
internal static class UpdateCheck
{
    /// <returns>The first fault; <see langword="null"/> for an input that is written.</returns>
    public static ApiFault? FaultOf(ObjectStore store, SandboxRecord record, UpdateInput input, ActiveTraps traps)
        => input.Values.Select(value => ValueCheck.FaultOf(store, input.Id, value.Key, value.Value)).FirstOrDefault(fault => fault is not null)
            ?? traps.All.Where(trap => trap.Ids.Count == 0 || trap.Ids.Contains(input.Id)).Select(trap => TrapFault(store, input, trap)).FirstOrDefault(fault => fault is not null)
            ?? ConditionalFault(store, record, input, traps);

    private static ApiFault? TrapFault(ObjectStore store, UpdateInput input, SandboxTrap trap)
    {
        string name = trap.Value ?? "";
        if (!input.Sets(name))
        {
            return null;
        }

        return trap.Kind switch
        {
            TrapKind.UniqueTaken => ValueCheck.Taken(name, store.Records.First(other => other.Id != input.Id).Id),
            TrapKind.UnknownOption => ValueCheck.NoOption(name, input.Values.First(value => value.Key == name).Value, []),
            TrapKind.ReadOnly => ValueCheck.ReadOnly(name),
            TrapKind.TooLong => ValueCheck.TooLong(name, ValueCheck.MostCharacters),
            _ => null,
        };
    }

    private static ApiFault? ConditionalFault(ObjectStore store, SandboxRecord record, UpdateInput input, ActiveTraps traps)
    {
        IEnumerable<ConditionalRule> trapped = traps.Of(TrapKind.RequiredIf).Select(trap => trap.Parts(3)).Select(parts => new ConditionalRule(parts[0], parts[1], parts[2]));
        return store.ConditionalRules.Concat(trapped)
            .Where(rule => After(rule.When) == rule.Holds && string.IsNullOrEmpty(After(rule.Required)))
            .Select(rule => ValueCheck.Required(rule.Required, $"{rule.When} is {rule.Holds}"))
            .FirstOrDefault();

        string? After(string name) => input.Values.Where(value => value.Key == name).Select(value => value.Value).FirstOrDefault() ?? store.Value(record, name);
    }
}
