namespace Recon.HubSpot.Workflow;

/// <summary>What went wrong with a workflow query.</summary>
internal enum WorkflowFault
{
    /// <summary>The settings cannot be used.</summary>
    Settings,

    /// <summary>The service refused the query (4xx), or its answer cannot be read: trying again does not help.</summary>
    Refused,

    /// <summary>The service did not answer in time, is overloaded or broken: trying later may help.</summary>
    Unavailable,
}

/// <summary>A workflow query gave no result.</summary>
/// <param name="message">What, where and what to do; holds no secret.</param>
internal sealed class WorkflowException(WorkflowFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public WorkflowFault Fault { get; } = fault;
}
