-- phpMyAdmin SQL Dump
-- version 5.2.1
SET SQL_MODE = "NO_AUTO_VALUE_ON_ZERO";
START TRANSACTION;
SET time_zone = "+00:00";

CREATE TABLE `tbl_patients` (
  `PatientID` int(11) NOT NULL,
  `first_name` varchar(50) NOT NULL DEFAULT '',
  `last_name` varchar(50) NOT NULL,
  `date_of_birth` date NOT NULL,
  `sex` enum('F','M','X') DEFAULT NULL,
  `insurance_no` varchar(20) DEFAULT NULL,
  `phone` varchar(30) DEFAULT NULL,
  `modified` datetime NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp()
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

INSERT INTO `tbl_patients` (`PatientID`, `first_name`) VALUES (1, 'D\'Arcy; x');

CREATE TABLE `tbl_doctors` (
  `DoctorID` int(11) NOT NULL,
  `name` varchar(100) NOT NULL,
  `speciality` varchar(60) NOT NULL DEFAULT 'general',
  `working` bit(1) NOT NULL DEFAULT b'1',
  `since` year(4) DEFAULT NULL,
  `settings` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(`settings`))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE `tbl_appointments` (
  `AppointmentID` int(11) NOT NULL,
  `patient` int(11) NOT NULL,
  `fk_doctor` int(11) NOT NULL,
  `starts` datetime NOT NULL,
  `ends` datetime NOT NULL,
  `state` varchar(20) NOT NULL DEFAULT 'planned',
  `fee` decimal(8,2) UNSIGNED NOT NULL DEFAULT 0.00,
  `reason` tinytext DEFAULT NULL,
  `reminded` tinyint(1) DEFAULT 0,
  CONSTRAINT `order_of_times` CHECK (`starts` < `ends`),
  CHECK (state = 'planned' OR state = 'done' OR state = 'missed')
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE `tbl_prescriptions` (
  `AppointmentID` int(11) NOT NULL,
  `medicine` varchar(120) NOT NULL,
  `dose_mg` decimal(7,3) NOT NULL CHECK (`dose_mg` > 0),
  `per_day` tinyint(3) UNSIGNED NOT NULL DEFAULT 1
) ENGINE=InnoDB;

ALTER TABLE `tbl_patients`
  ADD PRIMARY KEY (`PatientID`),
  ADD UNIQUE KEY `insurance` (`insurance_no`),
  ADD KEY `named` (`last_name`,`first_name`);

ALTER TABLE `tbl_doctors`
  ADD PRIMARY KEY (`DoctorID`);

ALTER TABLE `tbl_appointments`
  ADD PRIMARY KEY (`AppointmentID`),
  ADD UNIQUE KEY `one_at_a_time` (`fk_doctor`,`starts`);

ALTER TABLE `tbl_prescriptions`
  ADD PRIMARY KEY (`AppointmentID`,`medicine`);

ALTER TABLE `tbl_patients`
  MODIFY `PatientID` int(11) NOT NULL AUTO_INCREMENT, AUTO_INCREMENT=2;
ALTER TABLE `tbl_appointments`
  ADD CONSTRAINT `a1` FOREIGN KEY (`patient`) REFERENCES `tbl_patients` (`PatientID`) ON DELETE CASCADE ON UPDATE NO ACTION,
  ADD CONSTRAINT `a2` FOREIGN KEY (`fk_doctor`) REFERENCES `tbl_doctors` (`DoctorID`);
ALTER TABLE `tbl_prescriptions`
  ADD CONSTRAINT `p1` FOREIGN KEY (`AppointmentID`) REFERENCES `tbl_appointments` (`AppointmentID`) ON DELETE CASCADE;
COMMIT;
