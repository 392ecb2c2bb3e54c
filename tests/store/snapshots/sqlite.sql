CREATE INDEX ix_computes_created_at ON computes (created_at, name, lifecycle_stage)
CREATE INDEX ix_computes_lifecycle_stage ON computes (lifecycle_stage)
CREATE INDEX ix_data_created_at ON data (created_at, name, lifecycle_stage)
CREATE INDEX ix_data_lifecycle_stage ON data (lifecycle_stage)
CREATE INDEX ix_data_versions_created_at ON data_versions (name, created_at, id, lifecycle_stage)
CREATE INDEX ix_data_versions_lifecycle_stage ON data_versions (name, lifecycle_stage, id)
CREATE INDEX ix_datastores_created_at ON datastores (created_at, name, lifecycle_stage)
CREATE INDEX ix_datastores_lifecycle_stage ON datastores (lifecycle_stage)
CREATE INDEX ix_environments_created_at ON environments (created_at, name, lifecycle_stage)
CREATE INDEX ix_environments_lifecycle_stage ON environments (lifecycle_stage)
CREATE INDEX ix_environments_versions_created_at ON environments_versions (name, created_at, id, lifecycle_stage)
CREATE INDEX ix_environments_versions_lifecycle_stage ON environments_versions (name, lifecycle_stage, id)
CREATE INDEX ix_experiments_created_at ON experiments (created_at, name, lifecycle_stage)
CREATE INDEX ix_experiments_last_job_at ON experiments (last_job_at, name, lifecycle_stage)
CREATE INDEX ix_experiments_lifecycle_stage ON experiments (lifecycle_stage)
CREATE INDEX ix_job_details_estimated ON job_details (job_id) WHERE earliest_start IS NOT NULL
CREATE INDEX ix_job_details_not_logged ON job_details (job_id) WHERE logged IS NULL
CREATE INDEX ix_job_details_run_changes ON job_details (job_id) WHERE run_changes IS NOT NULL
CREATE INDEX ix_job_metrics_job_id ON job_metrics (job_id)
CREATE INDEX ix_job_metrics_value ON job_metrics ("key", value, job_id)
CREATE INDEX ix_job_params_job_id ON job_params (job_id)
CREATE INDEX ix_job_params_value ON job_params ("key", number, text, job_id)
CREATE INDEX ix_job_tags_job_id ON job_tags (job_id)
CREATE INDEX ix_jobs_canceled ON jobs (state) WHERE cancel_requested_at IS NOT NULL
CREATE INDEX ix_jobs_created_at ON jobs (created_at, id, lifecycle_stage)
CREATE INDEX ix_jobs_display_name ON jobs (display_name, id, lifecycle_stage)
CREATE INDEX ix_jobs_ended_at ON jobs (ended_at, id, lifecycle_stage)
CREATE INDEX ix_jobs_experiment ON jobs (experiment_name, lifecycle_stage, created_at)
CREATE INDEX ix_jobs_experiment_name ON jobs (experiment_name, id, lifecycle_stage)
CREATE INDEX ix_jobs_lifecycle_stage ON jobs (lifecycle_stage, id)
CREATE INDEX ix_jobs_name ON jobs (name, id, lifecycle_stage)
CREATE INDEX ix_jobs_queue ON jobs (state, compute, (created_at - priority * 86400000000), id)
CREATE INDEX ix_jobs_similar ON jobs (similarity, compute, id) WHERE state = 'Completed'
CREATE INDEX ix_jobs_starred ON jobs (id) WHERE starred = 1
CREATE INDEX ix_jobs_started_at ON jobs (started_at, id, lifecycle_stage)
CREATE INDEX ix_jobs_state ON jobs (state, id, lifecycle_stage)
CREATE INDEX ix_lineage_source ON lineage (source, target)
CREATE INDEX ix_lineage_target ON lineage (target, source)
CREATE TABLE 'job_search_index_config' (k PRIMARY KEY, v) WITHOUT ROWID
CREATE TABLE 'job_search_index_data' (block BLOB, id INTEGER PRIMARY KEY)
CREATE TABLE 'job_search_index_docsize' (id INTEGER PRIMARY KEY, sz BLOB)
CREATE TABLE 'job_search_index_idx' (PRIMARY KEY(segid, term), pgno, segid, term) WITHOUT ROWID
CREATE TABLE attempts (CONSTRAINT fk_attempts_job_id FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE, CONSTRAINT pk_attempts PRIMARY KEY (job_id, number), cause TEXT, ended_at BIGINT, eta_at BIGINT, event_log_offset BIGINT NOT NULL, gpus TEXT, job_id INTEGER NOT NULL, number INTEGER NOT NULL, process TEXT, progress TEXT, started_at BIGINT NOT NULL, state TEXT NOT NULL, token TEXT, usage TEXT, verifying_key TEXT)
CREATE TABLE computes (CONSTRAINT pk_computes PRIMARY KEY (name), changed_at BIGINT, created_at BIGINT NOT NULL, description TEXT, field_revisions TEXT DEFAULT '{}' NOT NULL, lifecycle_stage SMALLINT DEFAULT '0' NOT NULL, message TEXT, name TEXT NOT NULL, observed TEXT DEFAULT 'Running' NOT NULL, price_per_hour DOUBLE, request TEXT, revision INTEGER DEFAULT '1' NOT NULL, schedules_from BIGINT, search TEXT DEFAULT '' NOT NULL, settings TEXT NOT NULL, slots INTEGER, type TEXT NOT NULL)
CREATE TABLE data (CONSTRAINT pk_data PRIMARY KEY (name), created_at BIGINT NOT NULL, description TEXT, field_revisions TEXT DEFAULT '{}' NOT NULL, labels TEXT NOT NULL, latest_id INTEGER NOT NULL, lifecycle_stage SMALLINT DEFAULT '0' NOT NULL, name TEXT NOT NULL, next_version BIGINT NOT NULL, revision INTEGER DEFAULT '1' NOT NULL, search TEXT DEFAULT '' NOT NULL)
CREATE TABLE data_versions (CONSTRAINT fk_data_versions_name FOREIGN KEY(name) REFERENCES data (name) ON DELETE CASCADE, CONSTRAINT uq_data_versions_name_version UNIQUE (name, version), created_at BIGINT NOT NULL, created_by TEXT NOT NULL, description TEXT, field_revisions TEXT DEFAULT '{}' NOT NULL, fingerprint TEXT NOT NULL, id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, lifecycle_stage SMALLINT DEFAULT '0' NOT NULL, name TEXT NOT NULL, path TEXT NOT NULL, properties TEXT NOT NULL, revision INTEGER DEFAULT '1' NOT NULL, search TEXT NOT NULL, source TEXT, tags TEXT NOT NULL, type TEXT NOT NULL, version TEXT NOT NULL)
CREATE TABLE datastores (CONSTRAINT pk_datastores PRIMARY KEY (name), created_at BIGINT NOT NULL, credentials TEXT DEFAULT '[]' NOT NULL, description TEXT, field_revisions TEXT DEFAULT '{}' NOT NULL, lifecycle_stage SMALLINT DEFAULT '0' NOT NULL, name TEXT NOT NULL, revision INTEGER DEFAULT '1' NOT NULL, search TEXT DEFAULT '' NOT NULL, settings TEXT DEFAULT '{}' NOT NULL, type TEXT NOT NULL, vault_scope TEXT)
CREATE TABLE environments (CONSTRAINT pk_environments PRIMARY KEY (name), created_at BIGINT NOT NULL, description TEXT, field_revisions TEXT DEFAULT '{}' NOT NULL, labels TEXT NOT NULL, latest_id INTEGER NOT NULL, lifecycle_stage SMALLINT DEFAULT '0' NOT NULL, name TEXT NOT NULL, next_version BIGINT NOT NULL, revision INTEGER DEFAULT '1' NOT NULL, search TEXT DEFAULT '' NOT NULL)
CREATE TABLE environments_versions (CONSTRAINT fk_environments_versions_name FOREIGN KEY(name) REFERENCES environments (name) ON DELETE CASCADE, CONSTRAINT uq_environments_versions_name_version UNIQUE (name, version), build TEXT, conda_file TEXT, created_at BIGINT NOT NULL, created_by TEXT NOT NULL, definition TEXT, description TEXT, exclude_newer TEXT, field_revisions TEXT DEFAULT '{}' NOT NULL, id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, identity TEXT, image TEXT, inference_config TEXT, lifecycle_stage SMALLINT DEFAULT '0' NOT NULL, name TEXT NOT NULL, os_type TEXT, properties TEXT NOT NULL, pyproject TEXT, python TEXT, requirements TEXT, revision INTEGER DEFAULT '1' NOT NULL, script TEXT, search TEXT NOT NULL, source TEXT, tags TEXT NOT NULL, variables TEXT NOT NULL, version TEXT NOT NULL)
CREATE TABLE events (data TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, time BIGINT NOT NULL, type TEXT NOT NULL)
CREATE TABLE experiments ("view" TEXT, CONSTRAINT pk_experiments PRIMARY KEY (name), created_at BIGINT NOT NULL, description TEXT, field_revisions TEXT DEFAULT '{}' NOT NULL, goal TEXT, last_job_at BIGINT, lifecycle_stage SMALLINT DEFAULT '0' NOT NULL, name TEXT NOT NULL, primary_metric TEXT, revision INTEGER DEFAULT '1' NOT NULL, search TEXT DEFAULT '' NOT NULL)
CREATE TABLE job_details (CONSTRAINT fk_job_details_job_id FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE, CONSTRAINT pk_job_details PRIMARY KEY (job_id), cause TEXT, description TEXT, earliest_start BIGINT, field_revisions TEXT DEFAULT '{}' NOT NULL, inputs TEXT, job_id INTEGER NOT NULL, latest_start BIGINT, logged BOOLEAN, outputs TEXT, parameters TEXT NOT NULL, request TEXT, resources TEXT, run_changes TEXT, snapshot TEXT, spec TEXT, tags TEXT NOT NULL, waits_for TEXT, warnings TEXT)
CREATE TABLE job_metrics ("key" TEXT NOT NULL, CONSTRAINT fk_job_metrics_job_id FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE, CONSTRAINT pk_job_metrics PRIMARY KEY ("key", job_id), job_id INTEGER NOT NULL, step BIGINT NOT NULL, time BIGINT NOT NULL, value DOUBLE) WITHOUT ROWID
CREATE TABLE job_params ("key" TEXT NOT NULL, CONSTRAINT fk_job_params_job_id FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE, CONSTRAINT pk_job_params PRIMARY KEY ("key", job_id), job_id INTEGER NOT NULL, number DOUBLE, text TEXT NOT NULL) WITHOUT ROWID
CREATE TABLE job_search (CONSTRAINT fk_job_search_job_id FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE, CONSTRAINT pk_job_search PRIMARY KEY (job_id), cause TEXT NOT NULL, description TEXT NOT NULL, job_id INTEGER NOT NULL, labels TEXT NOT NULL, name TEXT NOT NULL, source TEXT NOT NULL)
CREATE TABLE job_tags ("key" TEXT NOT NULL, CONSTRAINT fk_job_tags_job_id FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE, CONSTRAINT pk_job_tags PRIMARY KEY ("key", job_id), job_id INTEGER NOT NULL, text TEXT NOT NULL) WITHOUT ROWID
CREATE TABLE jobs (CONSTRAINT fk_jobs_experiment_name FOREIGN KEY(experiment_name) REFERENCES experiments (name), CONSTRAINT uq_jobs_name UNIQUE (name), CONSTRAINT uq_jobs_run_id UNIQUE (run_id), attempt INTEGER NOT NULL, cancel_requested_at BIGINT, compute TEXT, created_at BIGINT NOT NULL, display_name TEXT NOT NULL, ended_at BIGINT, experiment_name TEXT NOT NULL, host TEXT, id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, lifecycle_stage SMALLINT NOT NULL, name TEXT NOT NULL, priority SMALLINT NOT NULL, retries INTEGER NOT NULL, revision INTEGER DEFAULT '1' NOT NULL, run_id TEXT, runner TEXT DEFAULT 'supervisor' NOT NULL, similarity TEXT, starred BOOLEAN DEFAULT 0 NOT NULL, started_at BIGINT, state TEXT NOT NULL, type TEXT NOT NULL, user TEXT)
CREATE TABLE lineage (CONSTRAINT pk_lineage PRIMARY KEY (id), id INTEGER NOT NULL, label TEXT NOT NULL, role TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL, time BIGINT NOT NULL)
CREATE TABLE schema_versions (CONSTRAINT pk_schema_versions PRIMARY KEY (revision), revision TEXT NOT NULL, upgraded_at BIGINT NOT NULL, version TEXT NOT NULL)
CREATE TABLE sqlite_sequence (name, seq)
CREATE TRIGGER job_search_delete AFTER DELETE ON job_search BEGIN INSERT INTO job_search_index (job_search_index, rowid, name, source, description, cause, labels) VALUES ('delete', old.job_id, old.name, old.source, old.description, old.cause, old.labels); END
CREATE TRIGGER job_search_insert AFTER INSERT ON job_search BEGIN INSERT INTO job_search_index (rowid, name, source, description, cause, labels) VALUES (new.job_id, new.name, new.source, new.description, new.cause, new.labels); END
CREATE TRIGGER job_search_update AFTER UPDATE ON job_search BEGIN INSERT INTO job_search_index (job_search_index, rowid, name, source, description, cause, labels) VALUES ('delete', old.job_id, old.name, old.source, old.description, old.cause, old.labels); INSERT INTO job_search_index (rowid, name, source, description, cause, labels) VALUES (new.job_id, new.name, new.source, new.description, new.cause, new.labels); END
CREATE VIRTUAL TABLE job_search_index USING fts5(name, source, description, cause, labels, content='job_search', content_rowid='job_id', tokenize='trigram case_sensitive 1')
