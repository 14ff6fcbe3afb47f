-- What DuckDB can do while the mirror is still on its way: read the export, as it is. {bronze} is its path.
set preserve_insertion_order = false;
set timezone = 'UTC';
create temp table bronze as select Comm_CommunicationId, Comm_Type, Comm_Action, Comm_Status, Comm_DateTime, Comm_Note, Comm_Subject,
    Company_Id, Person_Id, Comm_OpportunityId
from read_csv('{bronze}', header = true, all_varchar = true, delim = ',', quote = '"', escape = '"');
