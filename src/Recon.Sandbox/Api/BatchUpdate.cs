using System.Text.Json;
using Recon.Sandbox.Portal;
using Recon.Sandbox.Traps;

namespace Recon.Sandbox.Api;

/// <summary><c>batch/update</c>.</summary>
internal sealed class BatchUpdate(SandboxPortal portal, ObjectStore store, ApiRequest request)
{
    private const int Most = 100;

    private readonly ActiveTraps _traps = request.Traps;
    private readonly List<(SandboxRecord Record, UpdateInput Input)> _good = [];
    private readonly List<(UpdateInput Input, ApiFault Fault)> _bad = [];
    private readonly List<string> _missing = [];

    public ApiAnswer Answer()
    {
        UpdateInput[] inputs = UpdateInput.Of(request.Body, Most);
        string[] ids = [.. inputs.Select(input => input.Id)];
        Edits.Make(portal, store, _traps.Of(TrapKind.EditBeforeUpdate), ids);
        Edits.Remove(portal, store, _traps, ids);
        RefuseByTrap(inputs);
        if (_traps.Has(TrapKind.EmptyResults))
        {
            return Answered([]);
        }

        if (_traps.Find(TrapKind.NotComplete) is { } pending)
        {
            return BatchJson.Answer(request.Route.IsDated, portal.Now, [], [], word: pending.Value ?? "PENDING");
        }

        Judge(inputs, ids);
        if (_bad.Count > 0 && (_traps.Has(TrapKind.WholeBatch) || inputs.Any(input => input.TraceId is null)))
        {
            // Only inputs that can be told apart by their trace ids fail alone.
            return RefuseAll();
        }

        if (_traps.Find(TrapKind.LateCommit) is { } late)
        {
            return BatchJson.Answer(request.Route.IsDated, portal.Now, [], [], word: late.Value ?? "PENDING") with { Afterwards = () => _ = Write() };
        }

        Action afterwards = Write();
        return Answered([.. _good.Select(each => (Action<Utf8JsonWriter>)(json => WriteResult(json, each.Record, each.Input)))]) with { Afterwards = afterwards };
    }

    private void RefuseByTrap(UpdateInput[] inputs)
    {
        foreach (SandboxTrap trap in _traps.Of(TrapKind.RefuseBatch))
        {
            if (inputs.Any(input => input.Sets(trap.Value!) && (trap.Ids.Count == 0 || trap.Ids.Contains(input.Id))))
            {
                throw new ApiException(ApiFault.Invalid($"Property values were not valid: \"{trap.Value}\"", "INVALID_VALUE", trap.Value));
            }
        }
    }

    private void Judge(UpdateInput[] inputs, string[] ids)
    {
        IReadOnlySet<string> leftOut = _traps.Find(TrapKind.LeftOut) is { } trap ? trap.Chosen(ids, trap.Number(1)) : new HashSet<string>();
        SandboxTrap? failing = _traps.Find(TrapKind.ErrorsIn200) ?? _traps.Find(TrapKind.ErrorsIn207);
        IReadOnlySet<string> failed = failing?.Chosen(ids, failing.Number(1)) ?? new HashSet<string>();
        foreach (UpdateInput input in inputs.Where(input => !leftOut.Contains(input.Id)))
        {
            SandboxRecord? record = store.Find(input.Id);
            if (record is { MergedInto: not null })
            {
                // Left out of the answer without a word.
            }
            else if (record is not { IsThere: true })
            {
                _missing.Add(input.Id);
            }
            else if (failed.Contains(input.Id))
            {
                _bad.Add((input, ApiFault.Invalid("The sandbox was told to refuse this input.", "INVALID_VALUE", input.Values.Select(value => value.Key).FirstOrDefault())));
            }
            else if (UpdateCheck.FaultOf(store, record, input, _traps) is { } fault)
            {
                _bad.Add((input, fault));
            }
            else
            {
                _good.Add((record, input));
            }
        }
    }

    private ApiAnswer RefuseAll()
    {
        ApiFault[] faults = [.. _bad.Select(each => each.Fault)];
        return ErrorJson.Answer(faults, $"Property values were not valid: [{string.Join(", ", faults.Select(fault => fault.Message))}]", request.CorrelationId);
    }

    private Action Write()
    {
        var writer = new UpdateWriter(portal, store, _traps);
        Action[] afterwards = [.. _good.Select(each => writer.Write(each.Record, each.Input))];
        return () => Array.ForEach(afterwards, action => action());
    }

    private ApiAnswer Answered(IReadOnlyList<Action<Utf8JsonWriter>> results)
    {
        List<ItemError> errors =
        [
            .. _bad.Select(each => each.Input.TraceId is { } trace ? new ItemError(each.Fault, [], [trace]) : new ItemError(each.Fault, [each.Input.Id], [])),
        ];
        if (_missing.Count > 0)
        {
            errors.Add(BatchRead.NotFound(store, _missing));
        }

        int? status = _traps.Has(TrapKind.ErrorsIn200) ? 200 : _traps.Has(TrapKind.ErrorsIn207) ? 207 : null;
        return BatchJson.Answer(request.Route.IsDated, portal.Now, results, errors, status);
    }

    private void WriteResult(Utf8JsonWriter json, SandboxRecord record, UpdateInput input)
        => RecordJson.Write(json, store, record, input.Values.Select(value => value.Key), [], input.TraceId);
}
