BEGIN TRANSACTION;
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);
INSERT INTO "alembic_version" VALUES('0011');
CREATE TABLE attempts (
	job_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	started_at BIGINT NOT NULL, 
	ended_at BIGINT, 
	state TEXT NOT NULL, 
	cause TEXT, 
	process TEXT, 
	event_log_offset BIGINT NOT NULL, 
	progress TEXT, 
	usage TEXT, token TEXT, verifying_key TEXT, eta_at BIGINT, gpus TEXT, 
	CONSTRAINT pk_attempts PRIMARY KEY (job_id, number), 
	CONSTRAINT fk_attempts_job_id FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE
);
INSERT INTO "attempts" VALUES(1,1,1795344866761504,1793534700000000,'Completed',NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE computes (
	name TEXT NOT NULL, 
	description TEXT, 
	created_at BIGINT NOT NULL, 
	lifecycle_stage SMALLINT DEFAULT '0' NOT NULL, 
	revision INTEGER DEFAULT '1' NOT NULL, 
	search TEXT DEFAULT '' NOT NULL, 
	type TEXT NOT NULL, 
	slots INTEGER, 
	settings TEXT NOT NULL, field_revisions TEXT DEFAULT '{}' NOT NULL, price_per_hour DOUBLE, observed TEXT DEFAULT 'Running' NOT NULL, message TEXT, changed_at BIGINT, request TEXT, schedules_from BIGINT, 
	CONSTRAINT pk_computes PRIMARY KEY (name)
);
INSERT INTO "computes" VALUES('local',NULL,1795717429824268,0,1,'local','local',NULL,'{}','{}',NULL,'Running',NULL,NULL,NULL,NULL);
CREATE TABLE data (
	name TEXT NOT NULL, 
	description TEXT, 
	created_at BIGINT NOT NULL, 
	lifecycle_stage SMALLINT DEFAULT '0' NOT NULL, 
	revision INTEGER DEFAULT '1' NOT NULL, 
	search TEXT DEFAULT '' NOT NULL, 
	latest_id INTEGER NOT NULL, 
	next_version BIGINT NOT NULL, 
	labels TEXT NOT NULL, field_revisions TEXT DEFAULT '{}' NOT NULL, 
	CONSTRAINT pk_data PRIMARY KEY (name)
);
CREATE TABLE data_versions (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name TEXT NOT NULL, 
	version TEXT NOT NULL, 
	description TEXT, 
	created_at BIGINT NOT NULL, 
	created_by TEXT NOT NULL, 
	lifecycle_stage SMALLINT DEFAULT '0' NOT NULL, 
	revision INTEGER DEFAULT '1' NOT NULL, 
	search TEXT NOT NULL, 
	tags TEXT NOT NULL, 
	properties TEXT NOT NULL, 
	source TEXT, 
	type TEXT NOT NULL, 
	path TEXT NOT NULL, 
	fingerprint TEXT NOT NULL, field_revisions TEXT DEFAULT '{}' NOT NULL, 
	CONSTRAINT uq_data_versions_name_version UNIQUE (name, version), 
	CONSTRAINT fk_data_versions_name FOREIGN KEY(name) REFERENCES data (name) ON DELETE CASCADE
);
CREATE TABLE datastores (
	name TEXT NOT NULL, 
	description TEXT, 
	created_at BIGINT NOT NULL, 
	lifecycle_stage SMALLINT DEFAULT '0' NOT NULL, 
	revision INTEGER DEFAULT '1' NOT NULL, 
	search TEXT DEFAULT '' NOT NULL, 
	type TEXT NOT NULL, 
	settings TEXT DEFAULT '{}' NOT NULL, credentials TEXT DEFAULT '[]' NOT NULL, vault_scope TEXT, field_revisions TEXT DEFAULT '{}' NOT NULL, 
	CONSTRAINT pk_datastores PRIMARY KEY (name)
);
INSERT INTO "datastores" VALUES('workspaceblobstore',NULL,1795728040733984,0,1,'workspaceblobstore','local','{"path":null}','[]',NULL,'{}');
INSERT INTO "datastores" VALUES('workspaceartifactstore',NULL,1795728040733984,0,1,'workspaceartifactstore','local','{"path":null}','[]',NULL,'{}');
INSERT INTO "datastores" VALUES('workspaceworkingdirectory',NULL,1795728040733984,0,1,'workspaceworkingdirectory','local','{"path":null}','[]',NULL,'{}');
CREATE TABLE environments (
	name TEXT NOT NULL, 
	description TEXT, 
	created_at BIGINT NOT NULL, 
	lifecycle_stage SMALLINT DEFAULT '0' NOT NULL, 
	revision INTEGER DEFAULT '1' NOT NULL, 
	search TEXT DEFAULT '' NOT NULL, 
	field_revisions TEXT DEFAULT '{}' NOT NULL, 
	latest_id INTEGER NOT NULL, 
	next_version BIGINT NOT NULL, 
	labels TEXT NOT NULL, 
	CONSTRAINT pk_environments PRIMARY KEY (name)
);
CREATE TABLE environments_versions (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name TEXT NOT NULL, 
	version TEXT NOT NULL, 
	description TEXT, 
	created_at BIGINT NOT NULL, 
	created_by TEXT NOT NULL, 
	lifecycle_stage SMALLINT DEFAULT '0' NOT NULL, 
	revision INTEGER DEFAULT '1' NOT NULL, 
	search TEXT NOT NULL, 
	field_revisions TEXT DEFAULT '{}' NOT NULL, 
	tags TEXT NOT NULL, 
	properties TEXT NOT NULL, 
	source TEXT, 
	script TEXT, 
	pyproject TEXT, 
	python TEXT, 
	exclude_newer TEXT, 
	image TEXT, 
	os_type TEXT, 
	conda_file TEXT, 
	requirements TEXT, 
	build TEXT, 
	inference_config TEXT, 
	definition TEXT, 
	variables TEXT NOT NULL, 
	identity TEXT, 
	CONSTRAINT uq_environments_versions_name_version UNIQUE (name, version), 
	CONSTRAINT fk_environments_versions_name FOREIGN KEY(name) REFERENCES environments (name) ON DELETE CASCADE
);
CREATE TABLE events (
	sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	time BIGINT NOT NULL, 
	type TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	name TEXT NOT NULL, 
	data TEXT NOT NULL
);
INSERT INTO "events" VALUES(1,1795344866714931,'job_created','job','train-1','{"state":"Queued","attempt":0,"type":"notebook","experiment_name":"diabetes"}');
INSERT INTO "events" VALUES(2,1795344866745260,'job_created','job','train-2','{"state":"Queued","attempt":0,"type":"notebook","experiment_name":"diabetes"}');
INSERT INTO "events" VALUES(3,1795344866761504,'job_state_changed','job','train-1','{"state":"Preparing","attempt":1,"type":"notebook","experiment_name":"diabetes"}');
INSERT INTO "events" VALUES(4,1793534700000000,'job_state_changed','job','train-1','{"state":"Running","attempt":1,"type":"notebook","experiment_name":"diabetes"}');
INSERT INTO "events" VALUES(5,1793534700000000,'job_state_changed','job','train-1','{"state":"Finalizing","attempt":1,"type":"notebook","experiment_name":"diabetes"}');
INSERT INTO "events" VALUES(6,1793534700000000,'job_state_changed','job','train-1','{"state":"Completed","attempt":1,"type":"notebook","experiment_name":"diabetes"}');
INSERT INTO "events" VALUES(7,1795344866841005,'job_archived','job','train-2','{"state":"Queued","attempt":0,"type":"notebook","experiment_name":"diabetes"}');
INSERT INTO "events" VALUES(8,1795344866847785,'job_created','job','by-hand','{"state":"Completed","attempt":0,"type":"mlflow_run","experiment_name":"diabetes"}');
CREATE TABLE experiments (
	name TEXT NOT NULL, 
	description TEXT, 
	created_at BIGINT NOT NULL, 
	lifecycle_stage SMALLINT DEFAULT '0' NOT NULL, revision INTEGER DEFAULT '1' NOT NULL, search TEXT DEFAULT '' NOT NULL, last_job_at BIGINT, primary_metric TEXT, goal TEXT, "view" TEXT, field_revisions TEXT DEFAULT '{}' NOT NULL, 
	CONSTRAINT pk_experiments PRIMARY KEY (name)
);
INSERT INTO "experiments" VALUES('diabetes',NULL,1795344866717290,0,1,'diabetes',1793538000000000,NULL,NULL,NULL,'{}');
CREATE TABLE job_details (
	job_id INTEGER NOT NULL, 
	description TEXT, 
	tags TEXT NOT NULL, 
	parameters TEXT NOT NULL, 
	snapshot TEXT, 
	spec TEXT, 
	cause TEXT, warnings TEXT, request TEXT, run_changes TEXT, field_revisions TEXT DEFAULT '{}' NOT NULL, logged BOOLEAN, inputs TEXT, outputs TEXT, earliest_start BIGINT, latest_start BIGINT, resources TEXT, waits_for TEXT, 
	CONSTRAINT pk_job_details PRIMARY KEY (job_id), 
	CONSTRAINT fk_job_details_job_id FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE
);
INSERT INTO "job_details" VALUES(1,NULL,'{"team":"blue"}','{"alpha":0.5,"model":"ridge"}',NULL,'{"name":null,"display_name":null,"experiment_name":null,"description":null,"tags":{},"compute":"local","environment_variables":{},"inputs":{},"outputs":{},"code":null,"limits":{"timeout":null,"cell_timeout":null},"retries":0,"priority":"medium","secrets":["TOKEN"],"type":"notebook","notebook":"/home/user/train.ipynb","parameters":{"alpha":0.5,"model":"ridge"},"kernel_name":null}',NULL,NULL,NULL,NULL,'{}',NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "job_details" VALUES(2,NULL,'{"team":"blue"}','{"alpha":0.5,"model":"ridge"}',NULL,'{"name":null,"display_name":null,"experiment_name":null,"description":null,"tags":{},"compute":"local","environment_variables":{},"inputs":{},"outputs":{},"code":null,"limits":{"timeout":null,"cell_timeout":null},"retries":0,"priority":"medium","secrets":["TOKEN"],"type":"notebook","notebook":"/home/user/train.ipynb","parameters":{"alpha":0.5,"model":"ridge"},"kernel_name":null}',NULL,NULL,NULL,NULL,'{}',NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "job_details" VALUES(3,NULL,'{}','{"alpha":"1"}',NULL,NULL,NULL,NULL,NULL,NULL,'{}',1,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE job_metrics (
	"key" TEXT NOT NULL, 
	job_id INTEGER NOT NULL, 
	value DOUBLE, 
	step BIGINT NOT NULL, 
	time BIGINT NOT NULL, 
	CONSTRAINT pk_job_metrics PRIMARY KEY ("key", job_id), 
	CONSTRAINT fk_job_metrics_job_id FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "job_metrics" VALUES('r2',1,0.5,3,1793534400000000);
INSERT INTO "job_metrics" VALUES('r2',3,0.1,0,1793534400000000);
CREATE TABLE job_params (
	"key" TEXT NOT NULL, 
	job_id INTEGER NOT NULL, 
	text TEXT NOT NULL, 
	number DOUBLE, 
	CONSTRAINT pk_job_params PRIMARY KEY ("key", job_id), 
	CONSTRAINT fk_job_params_job_id FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "job_params" VALUES('alpha',1,'0.5',0.5);
INSERT INTO "job_params" VALUES('alpha',2,'0.5',0.5);
INSERT INTO "job_params" VALUES('alpha',3,'1',1.0);
INSERT INTO "job_params" VALUES('model',1,'ridge',NULL);
INSERT INTO "job_params" VALUES('model',2,'ridge',NULL);
CREATE TABLE job_search (
	job_id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	source TEXT NOT NULL, 
	description TEXT NOT NULL, 
	cause TEXT NOT NULL, 
	labels TEXT NOT NULL, 
	CONSTRAINT pk_job_search PRIMARY KEY (job_id), 
	CONSTRAINT fk_job_search_job_id FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE
);
INSERT INTO "job_search" VALUES(1,'train-1
train 1','/home/user/train.ipynb','','','diabetes
team=blue
alpha=0.5
model=ridge');
INSERT INTO "job_search" VALUES(2,'train-2
train 2','/home/user/train.ipynb','','','diabetes
team=blue
alpha=0.5
model=ridge');
INSERT INTO "job_search" VALUES(3,'by-hand
by-hand','','','','diabetes
alpha=1');
CREATE VIRTUAL TABLE job_search_index USING fts5(name, source, description, cause, labels,
        content='job_search', content_rowid='job_id', tokenize='trigram case_sensitive 1');
CREATE TABLE job_tags (
	"key" TEXT NOT NULL, 
	job_id INTEGER NOT NULL, 
	text TEXT NOT NULL, 
	CONSTRAINT pk_job_tags PRIMARY KEY ("key", job_id), 
	CONSTRAINT fk_job_tags_job_id FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "job_tags" VALUES('team',1,'blue');
INSERT INTO "job_tags" VALUES('team',2,'blue');
CREATE TABLE jobs (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	lifecycle_stage SMALLINT NOT NULL, 
	state TEXT NOT NULL, 
	type TEXT NOT NULL, 
	experiment_name TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	started_at BIGINT, 
	ended_at BIGINT, 
	name TEXT NOT NULL, 
	display_name TEXT NOT NULL, 
	compute TEXT, 
	host TEXT, 
	priority SMALLINT NOT NULL, 
	attempt INTEGER NOT NULL, 
	retries INTEGER NOT NULL, 
	cancel_requested_at BIGINT, 
	run_id TEXT, 
	user TEXT, runner TEXT DEFAULT 'supervisor' NOT NULL, starred BOOLEAN DEFAULT 0 NOT NULL, revision INTEGER DEFAULT '1' NOT NULL, similarity TEXT, 
	CONSTRAINT fk_jobs_experiment_name FOREIGN KEY(experiment_name) REFERENCES experiments (name), 
	CONSTRAINT uq_jobs_name UNIQUE (name), 
	CONSTRAINT uq_jobs_run_id UNIQUE (run_id)
);
INSERT INTO "jobs" VALUES(1,0,'Completed','notebook','diabetes',1793534460000000,1795344866761504,1793534700000000,'train-1','Train 1','local',NULL,1,1,0,NULL,NULL,NULL,'supervisor',0,1,'974dd5aa279cf76229cb728b5b813786');
INSERT INTO "jobs" VALUES(2,1,'Queued','notebook','diabetes',1793534520000000,NULL,NULL,'train-2','Train 2','local',NULL,1,0,0,NULL,NULL,NULL,'supervisor',0,1,'974dd5aa279cf76229cb728b5b813786');
INSERT INTO "jobs" VALUES(3,0,'Completed','mlflow_run','diabetes',1793538000000000,1793538000000000,NULL,'by-hand','by-hand',NULL,NULL,1,0,0,NULL,'00000000000000000000000000000000',NULL,'mlflow',0,1,NULL);
CREATE TABLE lineage (
	id INTEGER NOT NULL, 
	source TEXT NOT NULL, 
	target TEXT NOT NULL, 
	role TEXT NOT NULL, 
	label TEXT NOT NULL, 
	time BIGINT NOT NULL, 
	CONSTRAINT pk_lineage PRIMARY KEY (id)
);
CREATE TABLE schema_versions (
	revision TEXT NOT NULL, 
	version TEXT NOT NULL, 
	upgraded_at BIGINT NOT NULL, 
	CONSTRAINT pk_schema_versions PRIMARY KEY (revision)
);
INSERT INTO "schema_versions" VALUES('0007','0.1.0',1795738762040510);
INSERT INTO "schema_versions" VALUES('0008','0.1.0',1795750742448543);
INSERT INTO "schema_versions" VALUES('0009','0.1.0',1795785786215313);
INSERT INTO "schema_versions" VALUES('0010','0.1.0',1795806687633977);
INSERT INTO "schema_versions" VALUES('0011','0.1.0',1795818687773668);
CREATE INDEX ix_jobs_experiment_name ON jobs (experiment_name, id, lifecycle_stage);
CREATE INDEX ix_jobs_state ON jobs (state, id, lifecycle_stage);
CREATE INDEX ix_jobs_canceled ON jobs (state) WHERE cancel_requested_at IS NOT NULL;
CREATE INDEX ix_jobs_experiment ON jobs (experiment_name, lifecycle_stage, created_at);
CREATE INDEX ix_jobs_display_name ON jobs (display_name, id, lifecycle_stage);
CREATE INDEX ix_jobs_started_at ON jobs (started_at, id, lifecycle_stage);
CREATE INDEX ix_jobs_name ON jobs (name, id, lifecycle_stage);
CREATE INDEX ix_jobs_ended_at ON jobs (ended_at, id, lifecycle_stage);
CREATE INDEX ix_jobs_created_at ON jobs (created_at, id, lifecycle_stage);
CREATE INDEX ix_job_params_job_id ON job_params (job_id);
CREATE INDEX ix_job_params_value ON job_params ("key", number, text, job_id);
CREATE INDEX ix_job_metrics_value ON job_metrics ("key", value, job_id);
CREATE INDEX ix_job_metrics_job_id ON job_metrics (job_id);
CREATE INDEX ix_job_tags_job_id ON job_tags (job_id);
CREATE INDEX ix_jobs_lifecycle_stage ON jobs (lifecycle_stage, id);
CREATE INDEX ix_experiments_lifecycle_stage ON experiments (lifecycle_stage);
CREATE INDEX ix_experiments_created_at ON experiments (created_at, name, lifecycle_stage);
CREATE INDEX ix_experiments_last_job_at ON experiments (last_job_at, name, lifecycle_stage);
CREATE INDEX ix_computes_lifecycle_stage ON computes (lifecycle_stage);
CREATE INDEX ix_computes_created_at ON computes (created_at, name, lifecycle_stage);
CREATE INDEX ix_jobs_starred ON jobs (id) WHERE starred = 1;
CREATE INDEX ix_job_details_run_changes ON job_details (job_id) WHERE run_changes IS NOT NULL;
CREATE TRIGGER job_search_insert AFTER INSERT ON job_search BEGIN
        INSERT INTO job_search_index (rowid, name, source, description, cause, labels)
            VALUES (new.job_id, new.name, new.source, new.description, new.cause, new.labels);
    END;
CREATE TRIGGER job_search_delete AFTER DELETE ON job_search BEGIN
        INSERT INTO job_search_index (job_search_index, rowid, name, source, description, cause, labels)
            VALUES ('delete', old.job_id, old.name, old.source, old.description, old.cause, old.labels);
    END;
CREATE TRIGGER job_search_update AFTER UPDATE ON job_search BEGIN
        INSERT INTO job_search_index (job_search_index, rowid, name, source, description, cause, labels)
            VALUES ('delete', old.job_id, old.name, old.source, old.description, old.cause, old.labels);
        INSERT INTO job_search_index (rowid, name, source, description, cause, labels)
            VALUES (new.job_id, new.name, new.source, new.description, new.cause, new.labels);
    END;
CREATE INDEX ix_datastores_lifecycle_stage ON datastores (lifecycle_stage);
CREATE INDEX ix_datastores_created_at ON datastores (created_at, name, lifecycle_stage);
CREATE INDEX ix_data_lifecycle_stage ON data (lifecycle_stage);
CREATE INDEX ix_data_created_at ON data (created_at, name, lifecycle_stage);
CREATE INDEX ix_data_versions_lifecycle_stage ON data_versions (name, lifecycle_stage, id);
CREATE INDEX ix_data_versions_created_at ON data_versions (name, created_at, id, lifecycle_stage);
CREATE INDEX ix_job_details_not_logged ON job_details (job_id) WHERE logged IS NULL;
CREATE INDEX ix_environments_lifecycle_stage ON environments (lifecycle_stage);
CREATE INDEX ix_environments_created_at ON environments (created_at, name, lifecycle_stage);
CREATE INDEX ix_environments_versions_lifecycle_stage ON environments_versions (name, lifecycle_stage, id);
CREATE INDEX ix_environments_versions_created_at ON environments_versions (name, created_at, id, lifecycle_stage);
CREATE INDEX ix_lineage_source ON lineage (source, target);
CREATE INDEX ix_lineage_target ON lineage (target, source);
CREATE INDEX ix_jobs_similar ON jobs (similarity, compute, id) WHERE state = 'Completed';
CREATE INDEX ix_job_details_estimated ON job_details (job_id) WHERE earliest_start IS NOT NULL;
CREATE INDEX ix_jobs_queue ON jobs (state, compute, (created_at - priority * 86400000000), id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('events',8);
INSERT INTO "sqlite_sequence" VALUES('jobs',3);
INSERT INTO job_search_index (job_search_index) VALUES ('rebuild');
COMMIT;
