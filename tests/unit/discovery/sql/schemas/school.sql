-- for MariaDB
CREATE TABLE class (
  id INT AUTO_INCREMENT PRIMARY KEY,
  name VARCHAR(20) NOT NULL,
  year SMALLINT NOT NULL CHECK (year >= 2000),
  UNIQUE KEY name_in_year (name, year)
) ENGINE = InnoDB;
CREATE TABLE `pupil data` (
  `id` INT AUTO_INCREMENT PRIMARY KEY,
  `first name` VARCHAR(60) NOT NULL,
  `Straße` VARCHAR(100),
  `import` VARCHAR(20) COMMENT 'where "it" came from; ''csv'' or\nby hand',
  `class` INT NOT NULL,
  `is_deleted` TINYINT(1) NOT NULL DEFAULT 0,
  FOREIGN KEY (`class`) REFERENCES class (id) ON DELETE RESTRICT
);
CREATE TABLE subjects (
  subject_code VARCHAR(6) NOT NULL PRIMARY KEY,
  title VARCHAR(80) NOT NULL UNIQUE
);
CREATE TABLE teachers (
  id INT AUTO_INCREMENT PRIMARY KEY,
  name VARCHAR(80) NOT NULL,
  email VARCHAR(100) UNIQUE,
  deputy_id INT NULL,
  CONSTRAINT deputies FOREIGN KEY (deputy_id) REFERENCES teachers (id) ON DELETE SET NULL
);
CREATE TABLE lessons (
  class_id INT NOT NULL,
  subject_code VARCHAR(6) NOT NULL,
  teacher_id INT NOT NULL,
  weekday ENUM('Mon','Tue','Wed','Thu','Fri') NOT NULL,
  hour TINYINT UNSIGNED NOT NULL,
  room VARCHAR(10) DEFAULT 'n/a',
  PRIMARY KEY (class_id, weekday, hour),
  FOREIGN KEY (class_id) REFERENCES class (id) ON DELETE CASCADE,
  FOREIGN KEY (subject_code) REFERENCES subjects (subject_code),
  FOREIGN KEY (teacher_id) REFERENCES teachers (id),
  CONSTRAINT no_clash UNIQUE (teacher_id, weekday, hour),
  CHECK (hour BETWEEN 1 AND 10)
);
CREATE TABLE marks (
  id INT AUTO_INCREMENT PRIMARY KEY,
  pupil_id INT NOT NULL REFERENCES `pupil data` (id) ON DELETE CASCADE,
  subject_code VARCHAR(6) NOT NULL REFERENCES subjects,
  mark DECIMAL(2,1) NOT NULL CHECK (mark >= 1 AND mark <= 6),
  given_on DATE NOT NULL DEFAULT (CURRENT_DATE),
  taken_at DATETIME DEFAULT '2024-09-01 08:00:00',
  CHECK (mark * 2 = FLOOR(mark * 2))
);
